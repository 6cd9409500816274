"""What people wrote in an e-mail, without what they answered to, in five languages and as many programs (D7)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tartib.mailbox.quoting import own_words
from tartib.speech.plain import answer_of

LETTERS = {
    "en gmail": "It is the blue one.\n\n"
    "On Sun, 22 Nov 2026 at 10:00, Shop <a@shop.example> wrote:\n\n> Which one?\n> Shop",
    "en broken line": "It is the blue one.\n\nOn Sun, 22 Nov 2026 at 10:00, A Shop With a Long Name\n"
    "<a@shop.example> wrote:\n\n> Which one?",
    "en outlook": "It is the blue one.\n\n"
    "-----Original Message-----\nFrom: Shop <a@shop.example>\nSent: Sunday\n\nWhich?",
    "en outlook block": "It is the blue one.\n\n________________________________\nFrom: Shop <a@shop.example>\n"
    "Sent: Sunday, November 22, 2026\nTo: Me\nSubject: Re\n\nWhich one?",
    "en signature": "It is the blue one.\n-- \nIryna\n+380 50 000 00 00",
    "ar gmail": "It is the blue one.\n\n"
    "في الأحد، 22 نوفمبر 2026 في 10:00 ص تمت كتابة ما يلي بواسطة متجر"
    " <\u200fa@shop.example>:\n\n> أيّها؟",
    "ar apple": "It is the blue one.\n\nفي ٢٢ نوفمبر ٢٠٢٦، الساعة ١٠:٠٠، كتب متجر <a@shop.example>:\n\n> أيّها؟",
    "fa gmail": "It is the blue one.\n\n"
    "در تاریخ یکشنبه ۲۲ نوامبر ۲۰۲۶ ساعت ۱۰:۰۰ فروشگاه <a@shop.example> نوشت:\n\n> کدام؟",
    "fa outlook": "It is the blue one.\n\nاز: فروشگاه <a@shop.example>\nتاریخ: ۱ آذر\nبه: من\n\nکدام؟",
    "uk gmail": "It is the blue one.\n\nнд, 22 лист. 2026 р. о 10:00 Крамниця <a@shop.example> пише:\n\n> Який саме?",
    "uk outlook": "It is the blue one.\n\nВід: Крамниця <a@shop.example>\nНадіслано: неділя\nКому: я\n\nЯкий саме?",
    "uk apple": "It is the blue one.\n\n> 22 лист. 2026 р. о 10:00 Крамниця <a@shop.example> написав(ла):\n> \n> Який?",
    "zh gmail": "It is the blue one.\n\n商店 <a@shop.example> 於 2026年11月22日 週日 上午10:00寫道：\n\n> 哪一個？",
    "zh outlook": "It is the blue one.\n\n寄件者: 商店 <a@shop.example>\n日期: 2026年11月22日\n收件者: 我\n\n哪一個？",
    "bare quotation": "It is the blue one.\n\n> Which one?\n>\n> Shop\n",
}


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_what_was_answered_to_is_cut(letter: str) -> None:
    assert own_words(letter) == "It is the blue one."


@pytest.mark.parametrize(
    "letter",
    [
        "> Which one?\nThe blue one.\n> And which size?\nL, please.",
        "It came on 22 November:\nthe box was wet.",
        "Von 10:00 to 12:00:\nI am at home.",
        "Here is what I ordered:\n- a shirt\n- a belt",
        "> Only a quotation",
    ],
)
def test_what_is_ones_own_stays_where_it_is_in_doubt(letter: str) -> None:
    assert own_words(letter) == letter


@given(st.text(alphabet=st.sampled_from("ab>:-_\n @<1"), max_size=120))
def test_nothing_is_ever_lost_whole(text: str) -> None:
    assert bool(own_words(text)) == bool(text.strip())


def test_a_letter_in_html_is_read_as_text_and_nothing_of_it_runs() -> None:
    html = (
        "<html><head><style>p{}</style></head><body><p>It is <b>the blue</b>&nbsp;one.</p><script>alert(1)</script>"
        '<div class="gmail_quote"><blockquote>Which one?<p>unclosed</blockquote></div></body></html>'
    )
    assert answer_of(html) == "It is the blue one."
    assert answer_of("<blockquote>Only this</blockquote>") == "Only this"
    assert answer_of("a<br>b<div>c</div>&lt;script&gt;") == "a\nb\nc\n<script>"
