"""Anchors are whole or absent, follow each other, and are believed only as they were signed."""

import json
import shutil
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tartib.cases.models import Case
from tartib.cases.operations import note
from tartib.journal.anchors import files, keys, statements, taking
from tartib.journal.anchors.files import place_of
from tartib.journal.anchors.shelf import Shelf
from tartib.journal.anchors.taking import take
from tartib.journal.models import Anchoring
from tartib.shops.models import Shop
from tests.factories import NOW, actor
from tests.journal.anchors.world import HOUR, anchored, codes, found, make_busy_shop


def happen(shop: Shop) -> None:
    note(Case.objects.filter(shop=shop).earliest("pk"), "Something", actor(shop), shown=False, now=NOW)


def three(shop: Shop) -> list[Path]:
    """Three anchors of a shop."""
    for hour in range(3):
        happen(shop)
        anchored(shop, NOW + hour * HOUR)
    return [place_of(shop.pk, number) for number in (1, 2, 3)]


def test_an_anchor_holds_what_changed_since_the_last_one(shop: Shop) -> None:
    first = anchored(shop)
    assert (first.number, first.timelines, first.rows, first.previous) == (1, 3, 4, "")
    assert take(shop, now=NOW + HOUR) is None
    happen(shop)
    second = anchored(shop, NOW + 2 * HOUR)
    assert (second.number, second.timelines, second.rows) == (2, 3, 1)
    assert second.previous == statements.mark(files.token_of(place_of(shop.pk, 1)))
    (row,) = files.rows_of(place_of(shop.pk, 2))
    assert isinstance(row, files.Head)
    assert row.told == {
        "status": "pending",
        "total": "50.000",
        "paid": "0.000",
        "refunded": "0.000",
        "credited": "0.000",
    }


def test_an_hour_has_one_anchor(shop: Shop) -> None:
    anchored(shop)
    happen(shop)
    assert take(shop, now=NOW.replace(minute=59)) is None
    anchored(shop, NOW + HOUR)


def test_each_shop_has_anchors_of_its_own(shop: Shop) -> None:
    other, _product = make_busy_shop()
    anchored(shop)
    anchored(other)
    assert {row.case_id for row in files.rows_of(place_of(other.pk, 1)) if isinstance(row, files.Head)} == set(
        Case.objects.filter(shop=other).values_list("pk", flat=True)
    )
    assert codes(shop) == codes(other) == []


def test_files_and_key_are_readable_to_their_owner_alone(shop: Shop, data: Path) -> None:
    anchored(shop)
    assert [oct(place.stat().st_mode & 0o777) for place in (data / "anchor-key", place_of(shop.pk, 1))] == ["0o600"] * 2


def test_whoever_is_stopped_amid_writing_leaves_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(taking, "signing_key", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            take(shop, now=NOW)
    assert list(files.folder(shop.pk).glob("*.anchor")) == []
    assert anchored(shop).number == 1
    assert [place.name for place in files.folder(shop.pk).iterdir()] == ["00000001.anchor"]


def test_whoever_is_stopped_after_writing_tells_the_same_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(taking, "_keep", lambda *_args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            take(shop, now=NOW)
    assert anchored(shop, NOW + HOUR).number == 2
    assert codes(shop) == []


def test_another_order_of_deeds_than_the_files_tell_is_not_believed(shop: Shop) -> None:
    first, second, third = three(shop)
    second.unlink()
    assert codes(shop) == ["anchors-missing"]
    shutil.copy(first, second)
    assert codes(shop) == ["anchors-missing"]
    third.unlink()
    assert [str(fault) for fault in found(shop)] == [f"{shop.slug}: anchors 2 to 3 are missing."]


def test_numbers_go_on_where_files_are_gone(shop: Shop) -> None:
    for place in three(shop):
        place.unlink()
    happen(shop)
    assert anchored(shop, NOW + 3 * HOUR).number == 4
    assert codes(shop) == ["anchors-missing"]


def test_an_anchor_of_another_key_is_not_believed(shop: Shop, data: Path) -> None:
    anchored(shop)
    (data / "anchor-key").unlink()
    shutil.rmtree(data / "anchors" / "keys")
    happen(shop)
    anchored(shop, NOW + HOUR)
    assert codes(shop) == ["not-genuine", "anchors-missing"]


def test_a_replaced_key_is_believed_for_what_it_signed(shop: Shop, data: Path) -> None:
    anchored(shop)
    (data / "anchor-key").unlink()
    happen(shop)
    anchored(shop, NOW + HOUR)
    assert len(keys.known()) == 2
    assert codes(shop) == []


def test_a_damaged_key_is_told_of(shop: Shop, data: Path) -> None:
    (data / "anchor-key").write_text("nothing of the kind")
    with pytest.raises(ImproperlyConfigured, match="holds no key that signs anchors"):
        take(shop, now=NOW)
    assert not Anchoring.objects.exists()


def test_altered_rows_are_found(shop: Shop) -> None:
    anchored(shop)
    place = place_of(shop.pk, 1)
    place.write_bytes(place.read_bytes().replace(b'"paid":"120.000"', b'"paid":"100.000"'))
    assert codes(shop) == ["rows-altered", "rows-missing"]


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\0" * 5_000, b"[]\n", b'["head",1,2]\neyJ.eyJ.x\n', b"eyJhbGciOiJFZERTQSJ9.e30.AA\n", b"\xff\xfe{}",
        b"-----BEGIN TARTIB ANCHOR-----\nno\n-----END TARTIB ANCHOR-----", b"x" * 1_200_000, b"[" * 100_000,
        b"Content-Type: text/plain; charset=nowhere\n\n\xff",
    ],
)  # fmt: skip
def test_garbage_is_no_anchor(tmp_path: Path, content: bytes) -> None:
    place = tmp_path / "given"
    place.write_bytes(content)
    (fault,) = Shelf({}).put_all([place])
    assert str(fault) == f"{place} is no anchor, or a damaged one."


def test_a_statement_altered_by_a_letter_is_not_believed(shop: Shop) -> None:
    anchored(shop)
    place = place_of(shop.pk, 1)
    head, said, signature = files.token_of(place).split(".")
    fields = json.loads(statements._decode(said)) | {"timelines": 2}
    altered = f"{head}.{statements._encode(statements._json(fields))}.{signature}"
    place.write_bytes(place.read_bytes().rpartition(b"eyJ")[0].rpartition(b"\n")[0] + f"\n{altered}\n".encode())
    assert codes(shop) == ["not-genuine", "anchors-missing"]


def test_a_letter_vouches_for_the_anchors_that_are_kept(shop: Shop, data: Path, tmp_path: Path) -> None:
    *_earlier, newest = three(shop)
    said = f"Dear Olive,\n\n{files.armoured(files.token_of(newest))}\n\nYours"
    letter = tmp_path / "letter.eml"
    letter.write_text("> " + said.replace("\n", "\n> "))
    assert codes(shop, letter, data / "anchors") == []
    mail = EmailMessage()
    mail.set_content(said, cte="quoted-printable")
    mail.add_alternative(f"<p>{said}</p>", subtype="html")
    letter.write_bytes(mail.as_bytes())
    assert codes(shop, letter, data / "anchors") == []
    # The folder was made anew by somebody who has the key as well.
    shutil.rmtree(files.folder(shop.pk))
    Anchoring.objects.all().delete()
    for hour in range(3):
        happen(shop)
        anchored(shop, NOW + (hour + 5) * HOUR)
    assert "two-anchors" in codes(shop, letter, data / "anchors")


def test_a_letter_alone_says_which_anchors_are_lacking(shop: Shop, tmp_path: Path) -> None:
    anchored(shop)
    letter = tmp_path / "letter.txt"
    letter.write_text(files.armoured(files.token_of(place_of(shop.pk, 1))))
    assert codes(shop, letter) == ["rows-missing"]


def test_a_key_that_is_given_must_be_one(tmp_path: Path) -> None:
    place = tmp_path / "key.pem"
    place.write_text("-----BEGIN PUBLIC KEY-----\nno\n-----END PUBLIC KEY-----\n")
    with pytest.raises(ImproperlyConfigured, match="holds no public key"):
        keys.read([place])
