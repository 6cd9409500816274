"""What ships takes at most two SMS in each language, with a shop's name, a number and links of ordinary length."""

from __future__ import annotations

import pytest

from tartib.flow.presets import preset, presets
from tartib.l10n.sms import size
from tartib.notify import defaults, template_syntax
from tartib.notify.models import Channel, MessageKind
from tartib.notify.rendering import MOST_PARTS, render
from tartib.orders import ORDER
from tartib.shops.models import Shop
from tartib.support import SUPPORT

SHOPS = {
    "en": "Thistle & Loom",
    "ar": "متجر الريحان",
    "fa": "هنرکده‌ی ترنج",
    "uk": "Крамниця «Калина»",
    "zh-hant": "港灣精品店",
}
DAYS = {
    "en": "26 November 2026",
    "ar": "٢٦ نوفمبر ٢٠٢٦",
    "fa": "۲۶ اردیبهشت ۱۴۰۵",
    "uk": "26 листопада 2026 р.",
    "zh-hant": "2026年11月26日",
}
PAGE = f"https://orders.example.com/t/{'k' * 22}/"
DESK = "https://orders.example.com/desk/thistle/"
TURNS = (
    "cancel-requested", "cancel-approved", "cancel-declined", "return-requested", "return-approved", "return-declined",
    "return-arrived",
)  # fmt: skip


def parts(text: str, language: str, *, pays: bool = False, **more: str) -> int:
    known = {
        "shop_name": SHOPS[language], "order_number": "TL-1-2611-0092", "tracking_number": "20450012345678",
        "request_due": DAYS[language], "case_link": PAGE,
        "feedback_link": f"{PAGE}feedback/", "undo_link": f"https://orders.example.com/not-me/{'k' * 22}/",
        "desk_link": f"{DESK}orders/TL-1-2611-0092/", "code": "123456",
        "host": "orders.example.com", "customer_name": "Олександра Коваленко", "note": "",
        "pay_link": f"{PAGE}pay/" if pays else "", "follow_link": "" if pays else PAGE,
    }  # fmt: skip
    said = template_syntax.plain(template_syntax.fill(template_syntax.parse_template(text), known | more))
    return size(said).parts


@pytest.mark.parametrize("language", SHOPS)
@pytest.mark.parametrize("code", [code for kind in (ORDER, SUPPORT) for code in presets(kind)])
def test_each_status_of_each_preset_is_told_in_two_at_most(code: str, language: str) -> None:
    flow = preset(code)
    for status in flow.statuses.values():
        for placed in (False, True):
            text = defaults.wording(status.phase, Channel.SMS, language, placed=placed, kind=flow.kind).body
            for pays in (False, True):
                told = parts(text, language, pays=pays, status=status.name.say(language))
                assert told <= MOST_PARTS, (status.code, placed, pays, text)


@pytest.mark.parametrize("language", SHOPS)
def test_everything_else_is_told_in_two_at_most(language: str) -> None:
    said = [defaults.letter(MessageKind.REQUEST, Channel.SMS, language, turn) for turn in TURNS]
    said += [defaults.letter(kind, Channel.SMS, language) for kind in ("identity", "reply", "feedback")]
    said += [defaults.without_case(kind, "", Channel.SMS, language) for kind in ("code", "address", "test")]
    said += [
        defaults.to_shop(kind, Channel.SMS, language, of)
        for kind in (MessageKind.OPENED, MessageKind.ANSWERED, MessageKind.WRITTEN)
        for of in (ORDER, SUPPORT)
    ]
    for one in said:
        assert parts(one.body, language) <= MOST_PARTS, one.body


@pytest.mark.parametrize("language", SHOPS)
def test_a_long_subject_makes_no_long_sms(language: str) -> None:
    text = defaults.to_shop(MessageKind.OPENED, Channel.SMS, language, SUPPORT)
    words = {"request_subject": "Звернення щодо посилки " * 10, "desk_link": f"{DESK}support/TL-1-2611-0092/"}
    shown = render(text, words, channel=Channel.SMS, language=language, shop=Shop(name="N"), kind=SUPPORT).text
    assert "посилки Зв" in shown and "…" in shown and DESK in shown
    assert size(shown).parts <= MOST_PARTS
