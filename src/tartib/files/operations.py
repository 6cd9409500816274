"""Keeping files that people give, and discarding them."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO, TYPE_CHECKING

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tartib.files.models import Purpose, Upload
from tartib.shops.models import Shop
from tartib.shops.secrets import seal

if TYPE_CHECKING:
    from tartib.files.pictures import Picture

MOST_BYTES = 15 * 1024 * 1024
PDF = "application/pdf"
WEBP = "image/webp"
OCTETS = "application/octet-stream"
# Pixels: what pages ask for by width, and what is still legible of a paper that was photographed.
_OF_PAGES = (320, 640, 1280)
_OF_PAPERS = (320, 2000)
_WIDTHS: dict[str, tuple[int, ...]] = {Purpose.PHOTO: _OF_PAGES, Purpose.PROGRESS: _OF_PAGES, Purpose.LOGO: (160, 480)}

# What a computer starts when somebody opens it: by the ending of its name, or by how it begins.
_STARTED = frozenset(
    {
        "action", "apk", "app", "appref-ms", "appx", "bat", "bin", "cab", "chm", "cmd", "com", "command", "cpl",
        "deb", "desktop", "dll", "dmg", "exe", "gadget", "hta", "inf", "ins", "isp", "jar", "jnlp", "js", "jse",
        "lnk", "mde", "msc", "msh", "msi", "msix", "msp", "mst", "pif", "pkg", "ps1", "ps1xml", "ps2", "psc1",
        "psm1", "reg", "rpm", "run", "scf", "scpt", "scr", "sct", "settingcontent-ms", "sh", "shb", "sys",
        "url", "vb", "vbe", "vbs", "vxd", "workflow", "ws", "wsc", "wsf", "wsh", "xll",
    }
)  # fmt: skip
_BEGINS = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa\xcf", b"\xca\xfe\xba\xbe")


class Unfit(Exception):
    """A file that is not kept; its text says why, and what to do, in the language of the reader."""

    why: Promise

    def __str__(self) -> str:
        return str(self.why)


class Empty(Unfit):
    """There is nothing in it."""

    why = _("The file is empty. Choose another one.")


class TooLarge(Unfit):
    """It has more bytes, or more pixels, than are worth keeping."""

    why = _("The file is too large. Give one of at most 15 MB; make a picture smaller and try again.")


class NotAPicture(Unfit):
    """It is no picture, or one of a kind we do not read, or damaged."""

    why = _("This is not a picture that can be read here. Give it as JPEG, PNG or WebP.")


class NotADocument(Unfit):
    """It is neither PDF nor a picture, or it is damaged."""

    why = _("This file cannot be read here. Give a PDF, or a picture as JPEG, PNG or WebP.")


class Program(Unfit):
    """A computer would start it."""

    why = _("Programs are not taken in. Give a document, a picture or an archive.")


def keep_image(shop: Shop, content: IO[bytes], purpose: Purpose, *, now: datetime, name: str = "") -> Upload:
    """Keep a picture, made anew in the widths of its purpose. Raises `Empty`, `TooLarge` and `NotAPicture`."""
    return _keep_pictures(shop, _pictures(_read(content), purpose), purpose, name, now)


def keep_images(shop: Shop, given: Iterable[File[bytes]], purpose: Purpose, *, now: datetime) -> list[Upload]:
    """Keep all of these pictures, or none: raises what `keep_image` raises, and what was kept by then is discarded."""
    kept: list[Upload] = []
    try:
        for file in given:
            # One by one, so that those kept before one that is not are known and discarded.
            kept += [keep_image(shop, file, purpose, now=now, name=file.name or "")]
    except Unfit:
        discard(*kept)
        raise
    return kept


def keep_document(shop: Shop, content: IO[bytes], purpose: Purpose, *, now: datetime, name: str = "") -> Upload:
    """Keep a PDF as it is, or a picture made anew. Raises `Empty`, `TooLarge` and `NotADocument`.

    A PDF may hold anything: it is only ever handed over as a download, see `web.files`.
    """
    given = _read(content)
    if _is_pdf(given):
        return _keep(shop, [(None, given)], PDF, purpose, name, now)
    try:
        return _keep_pictures(shop, _pictures(given, purpose), purpose, name, now)
    except NotAPicture as problem:
        raise NotADocument from problem


def keep_file(shop: Shop, content: IO[bytes], purpose: Purpose, *, now: datetime, name: str = "") -> Upload:
    """Keep whatever somebody sends: PDF and pictures as `keep_document` does, anything else as it is.

    What is neither is only ever handed over as a download, by the name it came with. Raises `Empty`, `TooLarge` and
    `Program`.
    """
    given = _read(content)
    if _is_pdf(given):
        return _keep(shop, [(None, given)], PDF, purpose, name, now)
    if _is_program(given, name):
        raise Program
    try:
        return _keep_pictures(shop, _pictures(given, purpose), purpose, name, now)
    except (NotAPicture, TooLarge):
        return _keep(shop, [(None, given)], OCTETS, purpose, name, now)


def keep_letter(shop: Shop, raw: bytes, *, now: datetime) -> Upload:
    """Keep an e-mail as it came, encrypted, before anybody has looked into it. However large: the server has limits."""
    return _keep(shop, [(None, raw)], OCTETS, Purpose.LETTER, "letter.eml", now, sealed=True)


def keep_sealed(shop: Shop, content: IO[bytes], purpose: Purpose, *, now: datetime, name: str = "") -> Upload:
    """Keep a PDF or a picture so that it can be read only through `queries.content`: the stored bytes are encrypted.

    Of a picture only the widest form is kept. Raises `Empty`, `TooLarge` and `NotADocument`.
    """
    given = _read(content)
    if _is_pdf(given):
        return _keep(shop, [(None, given)], PDF, purpose, name, now, sealed=True)
    try:
        widest = _pictures(given, purpose)[-1:]
    except NotAPicture as problem:
        raise NotADocument from problem
    return _keep_pictures(shop, widest, purpose, name, now, sealed=True)


def discard(*uploads: Upload) -> None:
    """Forget files; their content is deleted when the transaction commits."""
    places = [upload.places for upload in uploads]
    Upload.objects.filter(pk__in=[upload.pk for upload in uploads]).delete()
    transaction.on_commit(lambda: _delete(places))


def _read(content: IO[bytes]) -> bytes:
    """All of it, and never more than is allowed, whatever length was promised."""
    given = content.read(MOST_BYTES + 1)
    if not given:
        raise Empty
    if len(given) > MOST_BYTES:
        raise TooLarge
    return given


def _is_pdf(given: bytes) -> bool:
    """Whether it begins and ends as a PDF does; one that was cut off on its way has no end."""
    return given.startswith(b"%PDF-") and b"%%EOF" in given[-1024:]


def _is_program(given: bytes, name: str) -> bool:
    ending = os.path.splitext(name.strip().rstrip(" ."))[1].lstrip(".").lower()
    return ending in _STARTED or given.startswith(_BEGINS) or (given.startswith(b"MZ") and b"\0" in given[:1024])


def _pictures(given: bytes, purpose: Purpose) -> list[Picture]:
    from tartib.files import pictures  # Pillow is large, and few requests bring a picture

    try:
        return pictures.make_anew(given, _WIDTHS.get(purpose, _OF_PAPERS))
    except pictures.TooManyPixels as problem:
        raise TooLarge from problem
    except pictures.NotReadable as problem:
        raise NotAPicture from problem


def _keep_pictures(
    shop: Shop,
    made: Sequence[Picture],
    purpose: Purpose,
    name: str,
    now: datetime,
    *,
    sealed: bool = False,
) -> Upload:
    size = (made[-1].width, made[-1].height)
    contents = [(picture.width, picture.content) for picture in made]
    return _keep(shop, contents, WEBP, purpose, name, now, size=size, sealed=sealed)


def _keep(
    shop: Shop,
    contents: Sequence[tuple[int | None, bytes]],
    content_type: str,
    purpose: Purpose,
    name: str,
    now: datetime,
    *,
    size: tuple[int, int] | None = None,
    sealed: bool = False,
) -> Upload:
    """Write contents first, then the row: a crash between the two leaves a file that the sweep finds."""
    last = contents[-1][1]
    upload = Upload(
        shop=shop,
        purpose=purpose,
        name=_shown(name, content_type),
        content_type=content_type,
        size=len(last),
        sha256=hashlib.sha256(last).hexdigest(),
        width=size[0] if size else None,
        height=size[1] if size else None,
        widths=[width for width, _content in contents if width],
        sealed=sealed,
        created_at=now,
    )
    for width, content in contents:
        default_storage.save(upload.place(width), ContentFile(seal(content) if sealed else content))
    upload.save(force_insert=True)
    return upload


def _shown(name: str, content_type: str) -> str:
    """A file's name as it may be shown and saved: no folders, no controls, and the ending of what it really is.

    What was not looked into keeps the ending it came with.
    """
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter for letter in base if unicodedata.category(letter)[0] != "C")
    stem, own = os.path.splitext(plain.strip())
    stem = stem.strip(" .")[:100] or "file"
    if content_type == OCTETS:
        return f"{stem}{own[:15].rstrip(' .')}"
    return f"{stem}.{'pdf' if content_type == PDF else 'webp'}"


def _delete(files: Sequence[Sequence[str]]) -> None:
    for places in files:
        for place in places:
            default_storage.delete(place)
        # The folder of the file; a storage without folders has nothing to delete.
        default_storage.delete(places[0].rpartition("/")[0])
