"""What people wrote in an e-mail, told from what they answered to, in five languages and ten programs (D7)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tartib.mailbox.markup import BELOW, page_of
from tartib.mailbox.quoting import Divided, divide
from tests.mailbox.programs import OWN, SHOP, Sample, written

HEADERS = f"From: Shop <{SHOP}>\nSent: Sunday\nTo: me\nSubject: 17"


def divided(sample: Sample) -> Divided:
    """A sample as it is read."""
    return divide(page_of(sample.text).text if sample.html else sample.text)


def flat(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


@pytest.mark.parametrize("sample", list(written()), ids=lambda sample: sample.name)
def test_what_was_answered_to_is_folded_and_nothing_else(sample: Sample) -> None:
    found = divided(sample)
    assert flat(found.own) == flat(sample.own)
    assert SHOP in found.quoted


@pytest.mark.parametrize("letter", OWN.values(), ids=OWN)
def test_what_no_quoted_text_follows_is_ones_own(letter: str) -> None:
    """Also what only looks like the line above a quotation, and what stands between quotations."""
    assert divide(letter) == Divided(letter, "")


@pytest.mark.parametrize(
    ("letter", "own"),
    [
        (f"Blau bitte.\n\nAm So., 22. Nov. 2026 um 10:00 schrieb Shop <{SHOP}>:\n> Welche?", "Blau bitte."),
        (f"Mavi.\n\nKimden: Shop <{SHOP}>\nGönderildi: 22 Kasım\nKime: Sara\nKonu: 17\n\nHangisi?", "Mavi."),
        (f"Синюю.\n\nвс, 22 нояб. 2026 г. в 10:00, Shop <{SHOP}>:\n\n> Какую?", "Синюю."),
        ("See this.\n\nBegin forwarded message:\n\n> From: X <x@y.example>\n> Subject: A\n>\n> Lost.", "See this."),
        (f"Blue\n\nOn Sun, 22 Nov 2026 at 10:00, A Long Name In Some\nTown <{SHOP}>\nwrote:\n\n> Which?", "Blue"),
        (f"Blue\n\n-- \nSara\n050 1\n\nOn 22 Nov 2026 at 10:00, Shop <{SHOP}> wrote:\n> Which?", "Blue"),
        (f"Do you have it in blue?\n\n{HEADERS}\n\nWhich one?", "Do you have it in blue?"),
    ],
)
def test_other_languages_and_broken_lines_are_known_by_their_shape(letter: str, own: str) -> None:
    assert divide(letter).own == own


def test_answers_inside_the_quotation_stay() -> None:
    """Said to be below, in colour, or between the pieces: all of it is kept where it stood."""
    below = f"My answers are below in blue.\n\n{HEADERS}\n\nWhich one?\nThe blue one."
    assert divide(below) == Divided(below, "")
    inside = '<p>See my answers below.</p><blockquote type="cite">Which size?<div>L</div></blockquote>'
    assert divide(page_of(inside).text).quoted == ""
    coloured = (
        '<p>See inside.</p><blockquote type="cite"><p>Which size?</p><p style="color: blue">L</p><p>Which colour?</p>'
        '<p><span style="color:#c00000">Red</span></p></blockquote>'
    )
    pieces = (
        '<p>See inside.</p><blockquote class="gmail_quote"><p>Which size?</p></blockquote><p>L</p>'
        '<blockquote class="gmail_quote"><p>Which colour?</p></blockquote><p>Red</p>'
    )
    for html in (coloured, pieces):
        assert flat(divide(page_of(html).text).own) == flat("See inside. > Which size? L > Which colour? Red")


def test_a_blockquote_that_only_indents_is_no_quotation() -> None:
    html = '<p>I need:</p><blockquote style="margin:0 0 0 40px;border:none;padding:0px">Two blue cups</blockquote>'
    assert divide(page_of(html).text) == Divided("I need:\n\nTwo blue cups", "")


def test_a_letter_in_html_is_read_as_text_with_its_links_and_pictures_and_nothing_of_it_runs() -> None:
    html = (
        "<html><head><style>p{}</style></head><body><p>It is <b>the blue</b>&nbsp;one.</p><script>alert(1)</script>"
        '<p><a href="https://shop.example/5">this</a> <img src="data:image/png;base64,QUJD"><img alt="😀" src="x"></p>'
    )
    page = page_of(html)
    assert page.text == "It is the blue one.\n\nthis <https://shop.example/5> 😀"
    assert page.pictures == (("png", b"ABC"),)
    named = page_of("a&#0;b&#1;c&#xD800;d&#xE000;e&#128512;").text
    assert not set(named) & set("\0\1\ud800\ue000")
    assert named.endswith("e😀")


@given(st.text(alphabet=st.sampled_from("ab>:-_\n @<1"), max_size=120))
def test_nothing_is_ever_lost(text: str) -> None:
    """Every letter is in one of the two parts, and where there is one at all, the first is not empty."""
    found = divide(text)
    assert bool(found.own) == bool(text.strip())
    assert flat(f"{found.own}\n{found.quoted}") == flat(text)


@settings(max_examples=30)
@pytest.mark.parametrize("read", [divide, page_of])
@given(
    st.lists(st.sampled_from([
        "On 22 ", "a@", "<a@b.c>", " wrote:", ">", "> ", "\n", "From: ", "Sent: 1", "-", "_" * 40, "-- \n", "10:00",
        "x: ", "是", "Den ", " skrev ", BELOW, " ", "<a ", "</p>", "<blockquote>", '<i style="color:blue">',
    ]), min_size=1, max_size=8),
)  # fmt: skip
def test_whatever_is_repeated_the_work_grows_no_faster_than_the_letter(
    read: Callable[[str], object], pieces: list[str]
) -> None:
    """Counted in steps of our own code; patterns see no more of a line than `WIDEST`."""
    few, many = "".join(pieces) * 40, "".join(pieces) * 160
    assert steps(lambda: read(many)) <= 6 * steps(lambda: read(few)) + 2_000


def steps(act: Callable[[], object]) -> int:
    """How many lines of ours are run."""
    count = 0

    def trace(frame: FrameType, _event: str, _arg: object) -> object:
        nonlocal count
        count += 1
        return trace if "tartib" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        act()
    finally:
        sys.settrace(before)
    return count
