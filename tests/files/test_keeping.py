"""What people upload: pictures come out as nothing but pictures, papers are checked, secrets lie encrypted."""

from __future__ import annotations

import os
import zlib
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from struct import pack
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, models, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms

from tartib.files import pictures, queries
from tartib.files.jobs import sweep as sweep_job
from tartib.files.models import Purpose, Upload
from tartib.files.operations import (
    MOST_BYTES,
    Empty,
    NotADocument,
    NotAPicture,
    Program,
    TooLarge,
    discard,
    keep_document,
    keep_file,
    keep_image,
    keep_letter,
    keep_sealed,
)
from tartib.files.sweeping import sweep, unreferred
from tartib.shops.models import Shop
from tartib.shops.secrets import Unreadable
from tartib.web.files import answer
from tests.factories import NOW, make_shop, picture_file

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def shop() -> Shop:
    """A shop that files belong to."""
    return make_shop()


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """A folder where files are kept as they are outside of tests."""
    from tartib.project.settings import STORAGES

    kept = tmp_path / "files"
    default: Any = STORAGES["default"]
    moved = default | {"OPTIONS": default["OPTIONS"] | {"location": kept}}
    settings.STORAGES = settings.STORAGES | {"default": moved}
    return kept


def shown(upload: Upload, width: int | None = None) -> Image.Image:
    """The picture that is handed over."""
    return Image.open(BytesIO(queries.content(upload, width)))


def reddish(picture: Image.Image, x: float, y: float) -> bool:
    """Whether the picture is red at that place, given in parts of its width and height."""
    pixel = picture.convert("RGB").getpixel((int(picture.width * x), int(picture.height * y)))
    assert isinstance(pixel, tuple)
    return pixel[0] > 180 and pixel[2] < 80


def of_pixels(width: int, height: int) -> bytes:
    """A PNG of few bytes that says it has that many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(bytes((width // 8 + 1) * min(height, 1000)))
    head = pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


class TestPictures:
    """`keep_image`."""

    def test_a_photo_is_kept_in_three_widths_and_never_made_larger(self, shop: Shop) -> None:
        large = keep_image(shop, picture_file((3000, 1500)), Purpose.PHOTO, now=NOW, name="shirt.JPG")
        small = keep_image(shop, picture_file((500, 500)), Purpose.PHOTO, now=NOW)
        assert (large.widths, large.width, large.height) == ([320, 640, 1280], 1280, 640)
        assert (small.widths, small.width, small.height) == ([320, 500], 500, 500)
        assert (large.name, large.content_type, large.public) == ("shirt.webp", "image/webp", True)
        assert [shown(large, width).width for width in (100, 320, 321, 5000)] == [320, 320, 640, 1280]
        assert shown(large).format == "WEBP"
        assert large.size == len(queries.content(large))

    def test_place_time_and_camera_are_not_kept_and_the_picture_is_upright(self, shop: Shop) -> None:
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = 6
        exif[ExifTags.Base.Make] = "Zebracam"
        exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (35.0, 41.0, 21.0)
        file = picture_file((600, 400), exif=exif.tobytes(), comment=b"Zebranote")
        assert b"Zebracam" in file.getvalue()
        for upload in (
            keep_image(shop, file, Purpose.PHOTO, now=NOW),
            keep_sealed(shop, BytesIO(file.getvalue()), Purpose.IDENTITY, now=NOW),
        ):
            content = queries.content(upload)
            assert b"Zebra" not in content
            assert b"EXIF" not in content
            assert not dict(shown(upload).getexif())
            assert (upload.width, upload.height) == (400, 600)
            assert reddish(shown(upload), 0.5, 0.1)
            assert not reddish(shown(upload), 0.5, 0.9)

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "MPO"])
    def test_the_usual_kinds_are_read(self, shop: Shop, kind: str) -> None:
        assert keep_image(shop, picture_file(kind=kind), Purpose.PHOTO, now=NOW).width == 400

    @pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "RGBA", "CMYK", "I;16"])
    def test_any_way_of_storing_colours_is_read(self, shop: Shop, mode: str) -> None:
        file = BytesIO()
        Image.new(mode, (50, 50), 0).save(file, "JPEG" if mode == "CMYK" else "PNG")
        file.seek(0)
        assert keep_image(shop, file, Purpose.LOGO, now=NOW).width == 50

    def test_transparency_stays_and_colours_of_a_profile_become_those_of_screens(self, shop: Shop) -> None:
        file = BytesIO()
        Image.new("RGBA", (50, 50), (255, 0, 0, 0)).save(file, "PNG")
        file.seek(0)
        assert shown(keep_image(shop, file, Purpose.LOGO, now=NOW)).getpixel((5, 5))[3] == 0  # type: ignore[index]
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        for icc in (profile, b"no profile at all"):
            kept = shown(keep_image(shop, picture_file(icc_profile=icc), Purpose.PHOTO, now=NOW))
            assert "icc_profile" not in kept.info
            assert reddish(kept, 0.1, 0.5)

    def test_a_very_high_picture_keeps_its_proportions(self, shop: Shop) -> None:
        tall = keep_image(shop, picture_file((400, 8000)), Purpose.PHOTO, now=NOW)
        needle = keep_image(shop, picture_file((1, 4000), "PNG"), Purpose.PHOTO, now=NOW)
        assert tall.width is not None and tall.height is not None
        assert tall.height <= 4 * 400
        assert round(tall.height / tall.width) == 20
        assert needle.widths == [1]

    @pytest.mark.parametrize(
        "content",
        [
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            b"<html><script>alert(1)</script>",
            b"GIF89a\x01\x00\x01\x00\x80\x00\x00",
            b"\x00\x00\x00\x18ftypheic",
            PDF,
            b"\xff\xd8\xff\xe0 and nothing more",
            picture_file().getvalue()[:700],
            picture_file(kind="PNG").getvalue()[:300],
            b"%!PS-Adobe-3.0 EPSF-3.0",
        ],
        ids=["svg", "html", "gif", "heic", "pdf", "head only", "cut jpeg", "cut png", "postscript"],
    )
    def test_what_is_no_picture_or_a_damaged_one_is_refused_in_words(self, shop: Shop, content: bytes) -> None:
        with pytest.raises(NotAPicture, match="JPEG, PNG or WebP"):
            keep_image(shop, BytesIO(content), Purpose.PHOTO, now=NOW, name="photo.jpg")
        assert not Upload.objects.exists()

    def test_a_picture_that_is_also_something_else_is_only_a_picture_afterwards(self, shop: Shop) -> None:
        script = b"<script>alert('zebra')</script>"
        both = picture_file(comment=script).getvalue() + b"PK\x03\x04" + script + b"%PDF-1.7 %%EOF"
        upload = keep_image(shop, BytesIO(both), Purpose.PHOTO, now=NOW, name="innocent.html")
        assert b"script" not in queries.content(upload)
        assert b"PK" not in queries.content(upload)
        assert upload.name == "innocent.webp"

    @pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (100_000, 100_000), (6_000, 6_000)])
    def test_a_bomb_is_refused_before_it_is_unpacked(self, shop: Shop, width: int, height: int) -> None:
        with pytest.raises(TooLarge):
            keep_image(shop, BytesIO(of_pixels(width, height)), Purpose.PHOTO, now=NOW)

    def test_a_photo_of_a_large_camera_is_read_scaled_down(self, shop: Shop) -> None:
        assert keep_image(shop, picture_file((8000, 6000)), Purpose.PHOTO, now=NOW).width == 1280

    def test_no_more_is_read_than_is_allowed(self, shop: Shop) -> None:
        endless = picture_file().getvalue() + bytes(MOST_BYTES)
        for content, problem in ((endless, TooLarge), (b"", Empty)):
            for keep in (keep_image, keep_document, keep_sealed):
                with pytest.raises(problem):
                    keep(shop, BytesIO(content), Purpose.ATTACHMENT, now=NOW)

    @given(st.binary(max_size=400), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP"]))
    def test_whatever_bytes_come_they_are_a_picture_or_refused(self, content: bytes, head: bytes) -> None:
        try:
            made = pictures.make_anew(head + content, (320,))
        except (pictures.NotReadable, pictures.TooManyPixels):
            return
        assert made[0].width <= 320


class TestPapers:
    """`keep_document` and `keep_sealed`."""

    def test_a_pdf_is_kept_as_it_is_and_a_photo_of_a_paper_made_anew(self, shop: Shop) -> None:
        paper = keep_document(shop, BytesIO(PDF), Purpose.SLIP, now=NOW, name="slip.pdf")
        photo = keep_document(shop, picture_file((4000, 3000)), Purpose.SLIP, now=NOW, name="slip.pdf")
        assert (paper.content_type, paper.is_picture, queries.content(paper)) == ("application/pdf", False, PDF)
        assert (photo.content_type, photo.widths, photo.name) == ("image/webp", [320, 2000], "slip.webp")

    @pytest.mark.parametrize("content", [b"MZ\x90\0", PDF[:-7], b" " + PDF, b"PK\x03\x04", b"<html>"])
    def test_anything_else_is_refused_whatever_its_name_says(self, shop: Shop, content: bytes) -> None:
        for keep in (keep_document, keep_sealed):
            with pytest.raises(NotADocument, match="PDF"):
                keep(shop, BytesIO(content), Purpose.SLIP, now=NOW, name="slip.pdf")

    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("../../etc/passwd.pdf", "passwd.pdf"),
            ("C:\\papers\\рахунок.pdf", "рахунок.pdf"),
            ("slip\u202efdp.exe", "slipfdp.pdf"),
            ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
            ("...", "file.pdf"),
            ("", "file.pdf"),
            ("رسید.pdf", "رسید.pdf"),
            ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
        ],
    )
    def test_a_name_shows_what_the_file_is_and_nothing_else(self, shop: Shop, given: str, kept: str) -> None:
        assert keep_document(shop, BytesIO(PDF), Purpose.SLIP, now=NOW, name=given).name == kept

    @pytest.mark.parametrize(
        ("name", "content", "shown"),
        [
            ("prices.xlsx", b"PK\x03\x04", "prices.xlsx"),
            ("IMG_1.HEIC", b"\x00\x00\x00\x18ftypheic", "IMG_1.HEIC"),
            ("letter.html", b"<script>alert(1)</script>", "letter.html"),
            ("../../note\u202e.txt", b"x", "note.txt"),
            ("cut.jpg", picture_file().getvalue()[:700], "cut.jpg"),
            ("winmail.dat", b"x", "winmail.dat"),
            ("", b"x", "file"),
            ("large.png", of_pixels(30_000, 30_000), "large.png"),
        ],
    )
    def test_whatever_people_send_is_kept_and_only_ever_downloaded(
        self, shop: Shop, name: str, content: bytes, shown: str
    ) -> None:
        upload = keep_file(shop, BytesIO(content), Purpose.ATTACHMENT, now=NOW, name=name)
        handed = answer(upload)
        assert (upload.name, upload.is_picture, handed.content) == (shown, False, content)
        assert handed.headers["Content-Type"] == "application/octet-stream"
        assert handed.headers["Content-Disposition"].startswith("attachment")
        assert handed.headers["X-Content-Type-Options"] == "nosniff"

    def test_pictures_and_pdfs_that_people_send_are_what_they_are(self, shop: Shop) -> None:
        picture = keep_file(shop, picture_file(), Purpose.ATTACHMENT, now=NOW, name="a.jpg")
        paper = keep_file(shop, BytesIO(PDF), Purpose.ATTACHMENT, now=NOW, name="a.pdf")
        assert (picture.content_type, paper.content_type) == ("image/webp", "application/pdf")

    @pytest.mark.parametrize(
        ("name", "content"),
        [("run.exe", b"x"), ("photo.jpg.SCR. ", b"x"), ("a", b"MZ\x90\0\x03"), ("b.txt", b"\x7fELF\x02")],
    )
    def test_a_program_is_not_kept(self, shop: Shop, name: str, content: bytes) -> None:
        with pytest.raises(Program, match="Programs"):
            keep_file(shop, BytesIO(content), Purpose.ATTACHMENT, now=NOW, name=name)
        assert not Upload.objects.exists()

    def test_a_letter_is_kept_as_it_came_and_unreadable_where_it_lies(self, shop: Shop) -> None:
        raw = b"From: a@example.com\r\n\r\nHello \0"
        upload = keep_letter(shop, raw, now=NOW)
        with default_storage.open(upload.place()) as lying:
            assert b"Hello" not in lying.read()
        assert queries.content(upload) == raw
        assert answer(upload).headers["Content-Disposition"] == 'attachment; filename="letter.eml"'

    def test_a_sealed_file_is_unreadable_where_it_lies(self, shop: Shop, settings: Any) -> None:
        """E9: a proof of identity is stored safely."""
        file = picture_file((3000, 2000))
        sealed = [
            keep_sealed(shop, BytesIO(PDF), Purpose.IDENTITY, now=NOW),
            keep_sealed(shop, file, Purpose.IDENTITY, now=NOW),
        ]
        for upload in sealed:
            with default_storage.open(upload.place(*upload.widths)) as lying:
                raw = lying.read()
            assert b"PDF" not in raw
            assert b"WEBP" not in raw
            assert upload.sealed
            assert not upload.public
        assert queries.content(sealed[0]) == PDF
        assert shown(sealed[1]).size == (2000, 1333)
        settings.SECRET_KEY = "another key, as after a careless move to a new machine"
        with pytest.raises(Unreadable):
            queries.content(sealed[0])

    def test_nothing_sealed_can_be_public(self, shop: Shop) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            keep_sealed(shop, BytesIO(PDF), Purpose.PHOTO, now=NOW)


class TestServing:
    """Addresses of files, and the headers that go with them."""

    def test_a_photo_is_handed_to_anybody_and_kept_by_browsers_for_ever(self, shop: Shop) -> None:
        upload = keep_image(shop, picture_file((700, 700)), Purpose.PHOTO, now=NOW, name="Сорочка.jpg")
        given = Client().get(reverse("web:picture", args=[upload.token, 320]))
        assert given.headers["Content-Type"] == "image/webp"
        assert given.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "sandbox" in given.headers["Content-Security-Policy"]
        assert "default-src 'none'" in given.headers["Content-Security-Policy"]
        assert given.headers["X-Content-Type-Options"] == "nosniff"
        assert given.headers["Content-Disposition"].startswith("inline; filename*=utf-8''%D0%A1")
        assert not given.cookies
        assert Image.open(BytesIO(given.content)).width == 320
        assert Client().get(reverse("web:file", args=[upload.token])).status_code == 200
        assert Client().post(reverse("web:file", args=[upload.token])).status_code == 405

    @pytest.mark.parametrize("purpose", [Purpose.SLIP, Purpose.ATTACHMENT, Purpose.PROGRESS, Purpose.IDENTITY])
    def test_what_is_not_public_is_not_found_by_its_address(self, shop: Shop, purpose: Purpose) -> None:
        upload = keep_image(shop, picture_file(), purpose, now=NOW)
        assert Client().get(reverse("web:file", args=[upload.token])).status_code == 404
        assert Client().get(reverse("web:picture", args=[upload.token, 320])).status_code == 404

    def test_a_face_hands_over_a_private_file_so_that_nobody_keeps_it(self, shop: Shop) -> None:
        paper = answer(keep_document(shop, BytesIO(PDF), Purpose.SLIP, now=NOW, name="slip.pdf"))
        photo = answer(keep_sealed(shop, picture_file(), Purpose.IDENTITY, now=NOW))
        assert paper.headers["Content-Disposition"] == 'attachment; filename="slip.pdf"'
        assert photo.headers["Content-Disposition"] == 'inline; filename="file.webp"'
        for handed in (paper, photo):
            assert handed.headers["Cache-Control"] == "private, no-store"
            assert "sandbox" in handed.headers["Content-Security-Policy"]

    def test_lost_content_is_not_found(self, shop: Shop) -> None:
        upload = keep_image(shop, picture_file(), Purpose.PHOTO, now=NOW)
        for width in upload.widths:
            default_storage.delete(upload.place(width))
        assert Client().get(reverse("web:file", args=[upload.token])).status_code == 404


class TestForgetting:
    """`discard`, and the nightly sweep."""

    def test_a_discarded_file_leaves_nothing_once_the_transaction_holds(
        self, shop: Shop, folder: Path, django_capture_on_commit_callbacks: Any
    ) -> None:
        upload = keep_image(shop, picture_file(), Purpose.PHOTO, now=NOW)
        lying = [folder / upload.place(width) for width in upload.widths]
        assert all(file.exists() for file in lying)
        with django_capture_on_commit_callbacks(execute=True):
            discard(upload)
            assert lying[0].exists()
        assert not lying[0].parent.exists()
        assert not Upload.objects.exists()

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
    def test_nobody_else_on_the_machine_can_read_the_folder(self, shop: Shop, folder: Path) -> None:
        upload = keep_image(shop, picture_file(), Purpose.PHOTO, now=NOW)
        file = folder / upload.place(320)
        assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)

    def test_files_nobody_refers_to_are_swept_after_a_day(
        self, shop: Shop, folder: Path, django_capture_on_commit_callbacks: Any
    ) -> None:
        old = keep_image(shop, picture_file(), Purpose.PHOTO, now=NOW - timedelta(days=2))
        young = keep_image(shop, picture_file(), Purpose.PHOTO, now=NOW - timedelta(hours=2))
        lost = folder / str(shop.pk) / "row-never-came" / "320"
        for name, hours in (("row-never-came", 48), ("row-on-its-way", 2)):
            file = folder / str(shop.pk) / name / "320"
            file.parent.mkdir()
            file.write_bytes(b"x")
            moment = (NOW - timedelta(hours=hours)).timestamp()
            os.utime(file, (moment, moment))
        with django_capture_on_commit_callbacks(execute=True):
            assert sweep(shop.pk, NOW) == 2
        assert list(Upload.objects.all()) == [young]
        assert not (folder / old.place(320)).parent.exists()
        assert not lost.parent.exists()
        assert (folder / str(shop.pk) / "row-on-its-way" / "320").exists()
        assert (folder / young.place(320)).exists()

    def test_every_model_that_points_at_files_keeps_them(self) -> None:
        """The sweep asks every foreign key there is, those without a way back included."""
        from django.apps import apps

        pointing = {
            model._meta.db_table
            for model in apps.get_models()
            for field in model._meta.get_fields()
            if isinstance(field, models.ForeignKey | models.OneToOneField) and field.related_model is Upload
        }
        sql = str(unreferred().query)
        assert [table for table in pointing if f'"{table}"' not in sql] == []

    def test_the_worker_sweeps_an_empty_folder_too(self, folder: Path) -> None:
        sweep_job(timestamp=0)
        assert not folder.exists()
