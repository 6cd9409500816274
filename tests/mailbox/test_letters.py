"""Letters read whole: every part, every charset, files wherever they stand; and within bounds (D7)."""

from __future__ import annotations

import base64
import sys
import unicodedata
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from tartib.mailbox import reading
from tartib.mailbox.decoding import decoded
from tartib.mailbox.letters import Body, TooMuch, body_of, head_of, text_of
from tartib.mailbox.signed import without_armor

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(200)


def raw(*parts: str, kind: str = "mixed", head: str = "") -> bytes:
    """A letter of several parts, each with its own headers."""
    body = "".join(f"--B\r\n{part}\r\n" for part in parts)
    return f'{head}MIME-Version: 1.0\r\nContent-Type: multipart/{kind}; boundary="B"\r\n\r\n{body}--B--\r\n'.encode()


def plain(words: str) -> str:
    """A part of plain text."""
    return f"Content-Type: text/plain; charset=utf-8\r\n\r\n{words}"


def html(words: str) -> str:
    """A part of HTML."""
    return f"Content-Type: text/html; charset=utf-8\r\n\r\n{words}"


PNG = "Content-Type: image/png\r\nContent-Disposition: inline\r\n\r\nPNG"


def files(body: Body) -> list[str]:
    """What the files of a letter are called."""
    return [file.name for file in body.files]


def test_text_before_and_after_a_picture_is_all_read_and_a_picture_needs_no_name() -> None:
    body = body_of(raw(plain("Before"), PNG, plain("After")))
    assert (body.words, files(body)) == ("Before\n\nAfter", ["picture.png"])
    assert body.files[0].inline
    assert body_of(raw(PNG, plain("Only after"))).words == "Only after"


def test_of_two_forms_the_one_that_says_something_is_read_and_files_of_both_are_kept() -> None:
    empty = body_of(raw(plain(" "), html("<p>Please cancel it.</p>"), kind="alternative"))
    stub = body_of(raw(plain("HTML only."), html("<p>Please cancel my order, it is late.</p>"), kind="alternative"))
    both = body_of(raw(plain("Please cancel it."), html("<b>Please</b> cancel it."), kind="alternative"))
    footer = body_of(raw(html("<p>Cancel it.</p>"), plain("Scanned by a gateway.")))
    inner = raw(html("<p>See</p>"), PNG, kind="related").decode().replace("B", "C").replace("--C", "--C")
    within = body_of(raw(plain("See"), inner, kind="alternative"))
    assert empty.words == "Please cancel it."
    assert stub.words == "Please cancel my order, it is late."
    assert both.words == "Please cancel it."
    assert footer.words == "Cancel it.\n\nScanned by a gateway."
    assert (within.words, files(within)) == ("See", ["picture.png"])


def test_a_letter_inside_the_letter_is_read_and_kept_as_a_file() -> None:
    inner = "Content-Type: message/rfc822\r\n\r\nFrom: c@example.com\r\nSubject: Lost parcel\r\n\r\nIt was lost by us."
    alone = body_of(raw(plain(""), inner))
    assert alone.words == "c@example.com\nLost parcel\n\nIt was lost by us."
    assert files(alone) == ["Lost parcel.eml"]
    introduced = body_of(raw(plain("Look at this"), inner))
    assert introduced.words == "Look at this"
    assert "It was lost by us." in introduced.quoted


def test_files_of_any_kind_are_kept_by_their_names_whatever_these_are_written_in() -> None:
    named = (
        'Content-Type: application/zip; name="=?utf-8?b?0YTQvtGC0L4=?=.zip"\r\n\r\nPK',
        "Content-Type: text/plain\r\nContent-Disposition: attachment; filename*=utf-8''%D8%A7.txt\r\n\r\nx",
        'Content-Type: text/plain; name="рахунок.csv"\r\nContent-Disposition: inline; filename="рахунок.csv"\r\n\r\nx',
        "Content-Type: application/vnd.ms-excel\r\n\r\nx",
        'Content-Type: application/ms-tnef; name="winmail.dat"\r\n\r\nx',
    )
    body = body_of(raw(plain("See"), *named))
    assert body.words == "See"
    assert files(body) == ["фото.zip", "ا.txt", "рахунок.csv", "file.xls", "winmail.dat"]


def signed_by_smime(words: str) -> bytes:
    """A letter whose words stand inside its signature, as Outlook sends what it signs."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ann")])
    day = datetime(2026, 11, 1, tzinfo=UTC)
    issued = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    known = issued.serial_number(1).not_valid_before(day).not_valid_after(day + timedelta(days=9)).sign(key, SHA256())
    builder = pkcs7.PKCS7SignatureBuilder().set_data(plain(words).encode()).add_signer(known, key, SHA256())
    content = builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])
    head = "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n"
    return f"{head}Content-Transfer-Encoding: base64\r\n\r\n{base64.encodebytes(content).decode()}".encode()


def test_words_that_their_writer_signed_are_read_without_the_signature() -> None:
    within = body_of(signed_by_smime("The blue one – Ann"))
    assert (within.words, files(within)) == ("The blue one – Ann", [])
    armor = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nThe green one\n- -- Ann\n{}"
    signature = "-----BEGIN PGP SIGNATURE-----\n\niQGzBAEB+/=\n=ab12\n-----END PGP SIGNATURE-----"
    assert body_of(raw(plain(armor.format(signature)))).words == "The green one\n-- Ann"
    cut = armor.format("-----BEGIN PGP SIGNATURE-----\n\niQGz")
    assert body_of(raw(plain(cut))).words == cut
    beside = "Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nx"
    apart = body_of(raw(plain("The red one"), beside, kind="signed"))
    assert (apart.words, files(apart)) == ("The red one", [])


@pytest.mark.parametrize("line", ["BEGIN PGP SIGNED MESSAGE", "BEGIN PGP SIGNATURE", "END PGP SIGNATURE"])
def test_frames_of_signatures_that_never_end_cost_no_more_than_their_lines(line: str) -> None:
    text = f"-----{line}-----\n\n" * 50_000
    assert without_armor(text) == text


@pytest.mark.parametrize("content", [b"", b"x", b"\x30\x80\x06", b"\x30" * 5_000])
def test_what_is_called_signed_and_cannot_be_opened_stays_a_file(content: bytes) -> None:
    part = f"Content-Transfer-Encoding: base64\r\n\r\n{base64.b64encode(content).decode()}"
    body = body_of(raw(plain("See"), f"Content-Type: application/pkcs7-mime; name=smime.p7m\r\n{part}"))
    assert (body.words, files(body)) == ("See", ["smime.p7m"])


def test_words_that_a_phone_names_like_a_file_are_read_where_there_are_no_others() -> None:
    named = 'Content-Type: text/plain; name="text_0.txt"\r\n\r\nIt is torn'
    assert body_of(raw(named, PNG)).words == "It is torn"
    assert body_of(raw(plain("See the file"), named)).words == "See the file"


@pytest.mark.parametrize(
    ("charset", "content", "read"),
    [
        ("windows-1251", "Привіт".encode("cp1251"), "Привіт"),
        ("windows-1256", "مرحبا".encode("cp1256"), "مرحبا"),
        ("gb2312", "訂單".encode("gb18030"), "訂單"),
        ("big5", "咗".encode("big5hkscs"), "咗"),
        ("us-ascii", "Привіт".encode(), "Привіт"),
        ("iso-8859-1", "سلام".encode(), "سلام"),
        ("iso-8859-1", b"\x80 5", "€ 5"),
        ("utf-7", b"+BB8-", "П"),
        ("x-unknown", "Добрий день".encode(), "Добрий день"),
        ("punycode", b"abc", "abc"),
        ("utf-8", b"The cup is\0 bro\x01ken \xed\xa0\x80.", "The cup is broken"),
        ("", "Доброго дня, надішліть ще раз мою посилку".encode("koi8-u"), "Доброго дня, надішліть ще раз мою посилку"),
    ],
)
def test_text_in_any_charset_is_read_and_what_cannot_be_stored_left_out(
    charset: str, content: bytes, read: str
) -> None:
    told = f"Content-Type: text/plain; charset={charset}\r\n\r\n" if charset else "Content-Type: text/plain\r\n\r\n"
    found = body_of(told.encode() + content).words
    assert found.startswith(read)
    assert not set(found) & {"\0", "\x01", "\ud800"}


def test_a_head_is_read_whatever_stands_in_it() -> None:
    head = head_of(
        "From: =?utf-8?q?=D8=B3?= <A@Example.com>\r\nSubject: Re: Відп: =?utf-8?b?0KjQsNGE0LA=?= \0крок\r\n"
        "Message-ID: <1@x>\r\n\r\n".encode()
    )
    assert (head.sender, head.subject, head.message_id) == ("a@example.com", "Шафа крок", "<1@x>")
    assert head_of(b"From: nobody\r\nSubject: =?x?b?!!!?=\r\n\r\n").sender == ""


@pytest.mark.parametrize(
    "subject",
    ["Automatic reply: Order", "Out of Office", "Out of office: Re: Order", "Out of Office Re: Order",
     "[Auto-Reply] Order", "Автоматична відповідь: Замовлення", "Автоматична відповідь Re: Замовлення",
     "Автовідповідач: Замовлення",
     "Відсутній на робочому місці: Re: Замовлення", "Відсутня в офісі", "رد تلقائي: الطلب", "الرد الآلي: الطلب",
     "پاسخ خودکار: سفارش", "自動回覆: 訂單", "休假中自動回覆：訂單", "Automatische Antwort: Bestellung",
     "Automatische Rückantwort: Bestellung", "Abwesend: Bestellung", "Nicht im Büro",
     "Abwesenheitsassistent: Bestellung",
     "Réponse automatique\u00a0: commande", "Message d’absence : Re: commande", "Absent du bureau : commande",
     unicodedata.normalize("NFD", "Réponse automatique : commande"), "Odpowiedź automatyczna: zamówienie",
     "Automatikus válasz: rendelés", "Otomatik yanıt: sipariş", "Αυτόματη απάντηση: παραγγελία"],
)  # fmt: skip
def test_an_automatic_answer_is_known_by_its_subject(subject: str) -> None:
    assert head_of(f"Subject: {subject}\r\n\r\n".encode()).automatic


@pytest.mark.parametrize(
    "head",
    [
        "Subject: Re: Automatic reply: Order",
        "Subject: Out of office chair is broken",
        "Subject: Vacation dress",
        "Subject: Auto: ein Reifen fehlt",
        "Subject: Abwesend bin ich am Freitag, bitte beim Nachbarn abgeben",
        "Subject: Absence : merci de livrer jeudi",
        "Subject: Я у відпустці, залиште в сусідів",
        "Subject: Нет на месте: где посылка?",
        "Subject: Out of office - leave it with the neighbours",
        "Precedence: bulk",
        "Precedence: list\r\nList-Id: <l.example>",
        "Auto-Submitted: no",
    ],
)
def test_a_person_is_not_taken_for_a_program(head: str) -> None:
    assert not head_of(f"{head}\r\n\r\n".encode()).automatic


def test_all_of_a_letter_can_be_read_in_one_piece() -> None:
    letter = raw(plain("Blue.\n\nOn 22 Nov 2026 at 10:00, S <s@example.com> wrote:\n> Which?"), html("<p>More</p>"))
    assert "Which?" in text_of(letter) and "More" in text_of(letter)


def test_a_long_letter_is_shown_up_to_a_bound_and_says_so() -> None:
    body = body_of(b"Content-Type: text/plain\r\n\r\n" + b"word " * 20_000)
    assert body.cut
    assert len(body.words) <= 40_000


def test_a_letter_of_too_many_or_too_deep_parts_is_not_read() -> None:
    with pytest.raises(TooMuch):
        body_of(raw(*[plain("x")] * 600))
    with pytest.raises((TooMuch, RecursionError)):
        body_of(nested(60))


def nested(depth: int) -> bytes:
    """Parts in parts."""
    opened = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(depth))
    return f"From: a@example.com\r\nSubject: Deep\r\n{opened}".encode()


def test_a_process_of_its_own_reads_a_letter_and_of_one_that_costs_too_much_at_least_the_head(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    letter = EmailMessage()
    letter["From"], letter["Subject"] = "a@example.com", "Torn"
    letter.set_content("See")
    letter.add_attachment(PICTURE, maintype="image", subtype="png", filename="torn.png")
    read = reading.read_letter(letter.as_bytes())
    assert read.head.subject == "Torn"
    assert read.body is not None
    assert (read.body.words, read.body.files[0].content) == ("See", PICTURE)
    deep = reading.read_letter(nested(1_500))
    assert (deep.head.sender, deep.head.subject, deep.body) == ("a@example.com", "Deep", None)
    assert reading.text(nested(1_500)) is None
    monkeypatch.setattr(reading, "PATIENCE", 0)
    assert reading.read_letter(letter.as_bytes()).body is None


def test_a_letter_whose_reading_was_ended_from_outside_is_not_taken_for_one_that_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It comes again, as whatever goes wrong here makes it."""
    monkeypatch.setattr(sys, "executable", "false")
    with pytest.raises(reading.Interrupted):
        reading.read_letter(b"From: a@example.com\r\n\r\nHello")


@given(st.binary(max_size=400), st.sampled_from([b"", b"From: a\r\n\r\n", raw(plain("x"), html("<p>y"))[:-9]]))
def test_whatever_bytes_come_they_are_read_or_refused(content: bytes, before: bytes) -> None:
    head_of(before + content)
    try:
        body = body_of(before + content)
    except (TooMuch, RecursionError):
        return
    assert "\0" not in body.words + body.quoted


@pytest.mark.parametrize(
    ("content", "charset", "words"),
    [
        (
            "Ще дві чашки".encode() + b"\xed\xa0\x80" + ", будь ласка".encode(),
            "us-ascii",
            "Ще дві чашки���, будь ласка",
        ),
        ("請".encode() + b"\xe8\xab" + "盡快送貨".encode(), "", "請�盡快送貨"),
        ("سلام ".encode() + b"\xff" + "دو تا".encode(), "utf-8", "سلام �دو تا"),
        ("Ні".encode("cp1251"), "windows-1251", "Ні"),
        ("Ні".encode(), "windows-1251", "Ні"),
        ("Да".encode("koi8_u"), "koi8-u", "Да"),
        ("café crème".encode("latin-1"), "utf-8", "café crème"),
        ("好的，謝謝".encode(), "big5", "好的，謝謝"),
    ],
)
def test_a_broken_byte_or_a_wrong_charset_costs_no_other_letter(content: bytes, charset: str, words: str) -> None:
    assert decoded(content, charset) == words


@pytest.mark.parametrize("page", ["<p>One</p><!-- cut <p>two</p>", "<!-- a --><p>One</p><p>two</p>"])
def test_a_comment_that_does_not_end_hides_no_words(page: str) -> None:
    words = body_of(f"Content-Type: text/html\r\n\r\n{page}".encode()).words
    assert "One" in words and "two" in words and "<!--" not in words


def test_the_whole_letter_has_the_words_that_came_as_a_file() -> None:
    raw = b"Content-Type: text/plain; charset=utf-8; name=body.txt\r\n\r\nLeave it at the door.\r\n"
    assert "Leave it at the door." in text_of(raw)
    assert body_of(raw).words.strip() == "Leave it at the door."
