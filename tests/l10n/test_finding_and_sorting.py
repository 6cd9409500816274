"""Search tolerant of letter variants, digits, case and scripts; sorting as a reader expects (the desk's list, X5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tartib.l10n import normal


def found(query: str, *parts: str) -> bool:
    """As the database answers: every term begins a word of the stored text."""
    stored = normal.search_text(*parts)
    terms = normal.search_terms(query)
    return bool(terms) and all(f" {term}" in stored for term in terms)


@pytest.mark.parametrize(
    ("query", "stored"),
    [
        # Persian and Arabic: letter variants, vowel marks, tatweel, half-spaces
        ("علي", "علی رضایی"),
        ("كتاب", "کتاب‌های درسی"),
        ("کتابهاي", "کتاب‌های درسی"),
        ("کتاب ها", "کتاب‌های درسی"),
        ("کتاب‌ها", "کتاب های درسی"),
        ("احمد", "أَحْمَد الرَّشيد"),
        ("الرشيـــد", "أَحْمَد الرَّشيد"),
        ("رشيد", "أَحْمَد الرَّشيد"),
        ("فاطمه", "فاطمة"),
        ("مسؤول", "مسوول"),
        ("آرش", "ارش"),
        # Ukrainian: apostrophes, ґ, case
        ("маряна", "Мар'яна Ковальчук"),
        ("МАР’ЯНА", "Марʼяна Ковальчук"),
        ("гудзик", "Ґудзик"),
        ("ковальч", "Мар'яна Ковальчук"),
        # Latin: accents, case, punctuation
        ("joao", "João Silva"),
        ("o'brien", "OBrien"),
        ("coca cola", "Coca-Cola"),
        ("coca-cola", "Coca Cola"),
        ("john.doe@exam", "john.doe@example.com"),
        ("example.com", "john.doe@example.com"),
        ("nh240117", "NH-24-0117"),
        ("NH-24-0117", "NH-24-0117"),
        ("nh‑۲۴‑۰۱۱۷", "NH-24-0117"),
        ("24-0117", "NH-24-0117"),
        ("#1001", "#1001"),
        ("iphone15", "iPhone 15 Pro"),
        ("iphone 15", "iPhone15"),
        # digits of any script
        ("۱۲۳۴", "Order 1234"),
        ("1234", "سفارش ۱۲۳۴"),
        ("１２３４", "١٢٣٤"),
        # Chinese: one, two and more characters, wherever they stand; blanks; variants
        ("陳", "陳大文"),
        ("文", "陳大文"),
        ("大文", "陳大文"),
        ("陳大文", "陳大文"),
        ("陳大文", "陳 大文"),
        ("手機", "iPhone手機殼"),
        ("iphone手機", "iPhone手機殼"),
        ("台北", "臺北市"),
        ("電線", "電綫"),
    ],
)
def test_a_reader_finds_what_they_mean(query: str, stored: str) -> None:
    assert found(query, stored)


@pytest.mark.parametrize(
    ("query", "stored"),
    [("大陳", "陳大文"), ("علی", "عمر"), ("1235", "1234"), ("陳李", "陳大文"), ("смирнов", "Ковальчук")],
)
def test_what_is_not_there_is_not_found(query: str, stored: str) -> None:
    assert not found(query, stored)


def test_a_whole_tracking_code_finds_no_order_whose_phone_ends_like_it() -> None:
    assert not found("NH-24-0117", "NH-24-0093", "+380501230117")


def test_terms_of_several_words_must_all_be_there() -> None:
    assert found("ковальчук iphone", "Мар'яна Ковальчук", "iPhone 15")
    assert not found("ковальчук nokia", "Мар'яна Ковальчук", "iPhone 15")


@pytest.mark.parametrize("query", ["", "   ", "%", "_", "'; --", "…", "،"])
def test_a_query_without_letters_asks_for_nothing(query: str) -> None:
    assert normal.search_terms(query) == []


def test_nothing_to_store_is_empty() -> None:
    assert normal.search_text() == normal.search_text("", " - ") == ""


@pytest.mark.parametrize(
    "query",
    [
        "+989121234567",
        "00989121234567",
        "09121234567",
        "0912 123 4567",
        "۰۹۱۲-۱۲۳-۴۵۶۷",
        "(0912) 123 4567",
        "9121234567",
        "1234567",
        "4567",
        "123 4567",
        "0912",
    ],
)
def test_a_phone_is_found_by_any_spelling_and_by_its_last_digits(query: str) -> None:
    assert found(query, "Sara", normal.phone("0912 123 4567", "IR"))


def test_a_phone_of_an_unknown_country_is_found_as_it_was_written() -> None:
    stored = normal.phone("(555) 625-1199")
    assert found("555-625-1199", stored)
    assert found("6251199", stored)


_LETTERS = (
    "abcdefghijklmnopqrstuvwxyzéüçñабвгґдеєжзиіїйклмнопрстуфхцчшщьюяابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیآأإئؤة0123456789"
)
_VARIANTS = {
    "ی": "يى",
    "ک": "ك",
    "ه": "ةە",
    "ا": "أآإ",
    "г": "ґ",
    **{digit: "۰۱۲۳۴۵۶۷۸۹"[int(digit)] + "٠١٢٣٤٥٦٧٨٩"[int(digit)] for digit in "0123456789"},
}
_WORDS = st.text(_LETTERS, min_size=3, max_size=12)


@given(st.lists(_WORDS, min_size=1, max_size=4), st.data())
def test_the_beginning_of_an_indexed_name_finds_it_in_any_spelling(words: list[str], data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(words))
    piece = word[: data.draw(st.integers(1, len(word)))]
    typed = "".join(
        data.draw(st.sampled_from((letter, letter.upper(), *_VARIANTS.get(letter, "")))) for letter in piece
    )
    assert found(typed, " ".join(words))


@given(st.text("陳大文李小龍王美麗香港九龍", min_size=1, max_size=10), st.data())
def test_any_part_of_a_chinese_name_finds_it(name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    assert found(name[start : data.draw(st.integers(start + 1, len(name)))], name)


@given(st.text())
def test_terms_hold_nothing_a_database_pattern_would_read(query: str) -> None:
    for term in normal.search_terms(query):
        assert term.strip()
        assert set(term).isdisjoint("%_\\'\"-.\x00")


@pytest.mark.parametrize("query", ["9" * 30_000, "A-" + "7" * 30_000, "x" * 30_000, "۹" * 30_000, "王" * 30_000])
def test_no_term_is_longer_than_the_words_that_are_kept(query: str) -> None:
    """An index takes no word of any length."""
    assert max(map(len, normal.search_terms(query))) <= 64


@given(st.text(max_size=40))
def test_a_word_of_any_text_finds_the_text(text: str) -> None:
    stored = normal.search_text(text)
    for word in text.split():
        assert all(f" {term}" in stored for term in normal.search_terms(word))


@pytest.mark.parametrize(
    ("typed", "country", "expected"),
    [
        ("0912 123 4567", "IR", "+989121234567"),
        ("۰۹۱۲۱۲۳۴۵۶۷", "IR", "+989121234567"),
        ("+98 (0) 912 123 4567", None, "+989121234567"),
        ("989121234567", None, "+989121234567"),
        ("021-8888 1234", "IR", "+982188881234"),
        ("067 123 45 67", "UA", "+380671234567"),
        ("8 (067) 123-45-67", "UA", "+380671234567"),
        ("380671234567", "UA", "+380671234567"),
        ("050 123 4567", "AE", "+971501234567"),
        ("05 1234 5678", "SA", "+966512345678"),
        ("٥٠١٢٣٤٥٦٧", "SA", "+966501234567"),
        ("9900 1234", "KW", "+96599001234"),
        ("9123 4567", "HK", "+85291234567"),
        ("852 9123 4567", "HK", "+85291234567"),
        ("001 44 20 7946 0958", "HK", "+442079460958"),
        ("0912-345-678", "TW", "+886912345678"),
        ("(02) 2345-6789", "TW", "+886223456789"),
        ("00852 9123 4567", None, "+85291234567"),
        ("＋８８６９１２３４５６７８", None, "+886912345678"),
        ("(650) 253-0000", "US", "+16502530000"),
        ("011 380 67 123 4567", "US", "+380671234567"),
        ("555-625-1199", None, "5556251199"),
        ("0912 123 4567", None, "09121234567"),
        ("0912 123 4567 ext. 5", "IR", "+989121234567"),
        ("110", "IR", "110"),
        ("no phone", "IR", ""),
        ("", None, ""),
        ("+999999999999999999", None, "999999999999999999"),
    ],
)
def test_phones_have_one_form(typed: str, country: str | None, expected: str) -> None:
    assert normal.phone(typed, country) == expected


@given(st.text("0123456789+() -۱۲٣x", max_size=20), st.sampled_from((None, "IR", "UA", "HK", "XX")))
def test_a_phone_in_its_form_stays_as_it_is(typed: str, country: str | None) -> None:
    once = normal.phone(typed, country)
    if once.startswith("+"):
        assert normal.phone(once, country) == once
    assert once.lstrip("+").isdigit() or not once


def order(code: str, words: str) -> str:
    return " ".join(sorted(words.split(), key=lambda word: normal.sort_key(word, code)))


def test_names_sort_as_the_language_orders_them() -> None:
    assert (
        order("uk", "яблуко ґанок гора їжак ім'я ива йод Дім zebra 1")
        == "1 гора ґанок Дім ива ім'я їжак йод яблуко zebra"
    )
    assert order("fa", "گل چای پدر ژاله آب ابر كتاب یخ هوا وان") == "آب ابر پدر چای ژاله كتاب گل وان هوا یخ"
    assert order("ar", "ياسر وليد هدى أحمد بدر") == "أحمد بدر هدى وليد ياسر"
    assert order("en", "zoe Émile adam Bob") == "adam Bob Émile zoe"
    assert order("en", "яблуко ґанок zoe їжак پدر ابر چای 一") == "zoe ґанок їжак яблуко ابر پدر چای 一"
    assert order("zh-hant", "ігор яна ґанна йосип 丁") == "ґанна ігор йосип яна 丁"
    assert order("uk", "zoe ґанна یخ ابر") == "ґанна zoe ابر یخ"
    assert order("zh-hant", "丁 一") == "一 丁"


@given(st.text(), st.sampled_from(("en", "ar", "fa", "uk", "zh-hant")))
def test_every_text_has_a_key_that_can_be_stored(text: str, code: str) -> None:
    assert normal.sort_key(text, code) == normal.sort_key(f"  {text} ", code)
    assert len(normal.sort_key(text * 300, code)) <= 200
    if not any("\ud800" <= letter <= "\udfff" for letter in text):
        normal.sort_key(text, code).encode()
