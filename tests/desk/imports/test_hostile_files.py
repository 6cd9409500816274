"""Files that are broken or meant to do harm, at the desk's page: each gets its answer, soon and in bounded memory."""

from __future__ import annotations

import gzip
import io
import random
import resource
import time
import zipfile
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tartib.cases.models import Case
from tartib.imports import jobs
from tartib.imports.models import Import
from tartib.shops.models import Shop
from tests.imports.loads import row, table

HEADING = b"Order number,Date,Customer,Total\n"
SOON = 30.0
"""Seconds of the processor for each; the longest takes about three, and eight times that while lines are counted."""
MOST_MEMORY = 300 * 1024 * 1024


def zip_bomb() -> bytes:
    """An archive of a hundred kilobytes that unpacks to a hundred megabytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("orders.csv", b"0" * 100_000_000)
    return packed.getvalue()


def workbook_of_formulas() -> bytes:
    """A workbook whose cells would call a program, or fetch something, if anybody worked them out."""
    formulas = ("cmd|' /C calc'!A0", "WEBSERVICE(&quot;http://localhost/&quot;)")
    cells = "".join(f"<c><f>{formula}</f></c>" for formula in formulas)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "xl/worksheets/sheet1.xml", f"<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>"
        )
    return packed.getvalue()


def workbook_with_entities() -> bytes:
    """A workbook whose text grows a billionfold for a reader that follows its entities."""
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/sharedStrings.xml", f"<!DOCTYPE x [{entities}]><sst><si><t>&a9;</t></si></sst>")
    return packed.getvalue()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a zip bomb": zip_bomb,
    "a gzip bomb": lambda: gzip.compress(b"0" * 100_000_000),
    "a workbook of formulas": workbook_of_formulas,
    "a workbook with entities": workbook_with_entities,
    "random bytes": lambda: random.Random(7).randbytes(300_000),
    "a program": lambda: b"\x7fELF\x02\x01\x01" + bytes(200_000),
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 500,
    "letters cut in half": lambda: HEADING + "A1,2026-11-01,Ольга,5\n".encode()[:-9] + b"\xd0\n",
    "UTF-16 with a mark": lambda: (HEADING + b"A1,2026-11-01,Olha,5\n").decode().encode("utf-16"),
    "UTF-16 without one": lambda: (HEADING + b"A1,2026-11-01,Olha,5\n").decode().encode("utf-16-le"),
    "an odd number of bytes of UTF-16": lambda: HEADING.decode().encode("utf-16")[:-1],
    "UTF-32": lambda: (HEADING + b"A1,2026-11-01,Olha,5\n").decode().encode("utf-32"),
    "two encodings": lambda: HEADING + "A1,2026-11-01,Ольга,5\n".encode() + "A2,2026-11-01,Ольга,5\n".encode("cp1251"),
    "a line of 20 MB": lambda: HEADING + b"x" * 20_000_000 + b"\n",
    "20 MB of commas": lambda: HEADING + b"," * 20_000_000 + b"\n",
    "a quotation mark never closed": lambda: HEADING + b'"A1,' + b"x\n" * 200_000,
    "ten thousand columns": lambda: b",".join(b"c%d" % n for n in range(10_000)) + b"\n" + b"1," * 9_999 + b"1\n",
    "JSON a hundred thousand deep": lambda: b"[" * 100_000,
    "a JSON number of a million digits": lambda: b'[{"id": ' + b"9" * 1_000_000 + b"}]",
    "markup": lambda: b"<!DOCTYPE html><html><script>alert(1)</script></html>",
    "nothing but line ends": lambda: b"\r\n" * 500_000,
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_answered_with_words(owner: Client, shop: Shop, make: Callable[[], bytes]) -> None:
    """D11, E8: whatever is uploaded, the page opens and says what is wrong, and the worker comes to an end."""
    content = make()
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, time.process_time()
    answer = owner.post(f"/desk/{shop.slug}/imports/", {"file": SimpleUploadedFile("orders.csv", content)})
    if answer.status_code == 422:
        assert "form-problem" in answer.content.decode() or "errorlist" in answer.content.decode()
        return
    address = answer["Location"]
    assert owner.get(address).status_code == 200
    batch = Import.objects.get()
    answer = owner.post(f"{address}choices/", {"column-0": "number", "column-1": "placed_at", "column-3": "total"})
    assert answer.status_code in (302, 422)
    if answer.status_code == 302:
        jobs.carry_on(str(batch.pk), lambda: False)
    page = owner.get(address)
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()
    assert owner.get(f"/desk/{shop.slug}/imports/").status_code == 200
    assert time.process_time() - start < SOON
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before < MOST_MEMORY
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "a\x00b.csv",
        "x" * 300 + ".csv",
        "<img src=x onerror=alert(1)>.csv",
        "\u202evsc.exe",
        "=1+1.csv",
    ],
)
def test_the_name_of_a_file_is_a_word_and_nothing_else(owner: Client, shop: Shop, name: str) -> None:
    answer = owner.post(
        f"/desk/{shop.slug}/imports/", {"file": SimpleUploadedFile(name, table([row("A1")]), "text/html")}
    )
    assert answer.status_code in (302, 422)
    page = owner.get(f"/desk/{shop.slug}/imports/").content.decode()
    assert "<img src=x" not in page
    assert "../" not in page.partition("<main")[2]
