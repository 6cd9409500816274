"""Templates: what may be written, what is refused and where, how it looks, and how it falls back to what ships."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tartib.flow.presets import preset, presets
from tartib.notify import defaults, queries
from tartib.notify.defaults import Wording
from tartib.notify.models import TO_CUSTOMERS, Channel, Message, Template
from tartib.notify.operations import check_template, reset_template, save_template
from tartib.notify.rendering import render
from tartib.notify.template_syntax import fill, parse_template, plain, problems
from tartib.shops.models import Shop
from tests.factories import NOW, make_order, make_product, make_shop, move
from tests.notify.sending import send
from tests.services import Mailbox

LANGUAGES = ("en", "ar", "fa", "uk", "zh-hant")
FULL = {
    "customer_name": "Nour Haddad", "greeting_name": "Nour", "order_number": "#1042", "status": "Shipped",
    "status_text": "It is on its way.",
    "shop_name": "Nour & Co", "shop_phone": "+97141234567", "carrier": "Aramex", "tracking_number": "AX 1",
    "tracking_link": "https://carrier.example/AX1", "items": "2 × Shirt\n1 × Belt", "total": "120.00 AED",
    "payment_method": "Card", "shipping_method": "Courier", "note": "Ring twice", "code": "N-1-2611-0001",
    "case_link": "https://t.example/t/abc/", "support_link": "https://t.example/t/abc/help/",
}  # fmt: skip


def filled(text: str, **words: str) -> str:
    """A template filled with words."""
    return plain(fill(parse_template(text), words))


def test_words_are_filled_and_braces_can_be_written() -> None:
    """A5: the shop writes words between braces."""
    assert filled("Hello {name}, {{literally}} {name}!", name="Nour") == "Hello Nour, {literally} Nour!"


def test_what_is_filled_in_is_not_read_again() -> None:
    """Hostile placeholders: a customer called {secret} is only called so."""
    assert filled("{name}", name="{secret} {{x}}", secret="s") == "{secret} {{x}}"


def test_a_sentence_that_a_word_ends_with_a_full_stop_has_one() -> None:
    text = "Відповімо до {day}. Доти… {day}... {day}"
    assert plain(fill(parse_template(text), {"day": "2 грудня 2026 р."})) == (
        "Відповімо до 2 грудня 2026 р. Доти… 2 грудня 2026 р.... 2 грудня 2026 р."
    )
    assert (
        plain(fill(parse_template("{what}. {what}"), {"what": "\u20685 шт.\u2069"}))
        == "\u20685 шт.\u2069 \u20685 шт.\u2069"
    )


def test_a_line_whose_words_are_all_missing_is_left_out() -> None:
    """D5: complete, and nothing dangling: no “Tracking number:” without one."""
    text = "Hello {name},\n\nCarrier: {carrier}\nNumber: {number}\n\nRegards"
    assert filled(text, carrier="Aramex") == "Carrier: Aramex\n\nRegards"
    assert filled(text, name="Nour") == "Hello Nour,\n\nRegards"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("Hello {custmer_name}", "Line 1, character 7"),
        ("a\n{customer_name.__class__}", "Line 2, character 1"),
        ("{customer_name[0]}", "Line 1, character 1"),
        ("{customer_name!r}", "Line 1, character 1"),
        ("{customer_name:>99999999}", "Line 1, character 1"),
        ("{0}", "Line 1, character 1"),
        ("{}", "Line 1, character 1"),
        ("{ customer_name }", "Line 1, character 1"),
        ("one { two", "Line 1, character 5"),
        ("one } two", "Line 1, character 5"),
        ("{customer_name\n}", "Line 1, character 1"),
        ("{customer_name}}", "Line 1, character 16"),
        ("%(x)s {{% x %} ", "Line 1, character 14"),
    ],
)
def test_what_is_not_a_word_is_refused_at_its_place(text: str, where: str) -> None:
    """A5: unknown placeholder = error at save, with the place; attributes, indexes and formats as well."""
    found = problems(text, {"customer_name", "shop_name"})
    assert found
    assert found[0].startswith(where)


def test_a_slip_of_the_pen_is_answered_with_the_word_meant() -> None:
    """Errors help the person who reads them."""
    (found,) = problems("{custmer_name}", {"customer_name", "shop_name"})
    assert "{customer_name}" in found


@pytest.mark.django_db
def test_wording_that_cannot_be_sent_is_not_saved() -> None:
    """A5: nothing that could fail at sending gets in."""
    shop = make_shop()
    for subject, body, field in (
        ("{nothing}", "x", "subject"),
        ("x", "{nothing}", "body"),
        ("x\nBcc: all@example.com", "x", "subject"),
        ("", "x", "subject"),
        ("x", "", "body"),
        ("x" * 201, "x", "subject"),
        ("x", "x" * 10_001, "body"),
        ("x", "a\x00b", "body"),
    ):
        with pytest.raises(ValidationError) as refused:
            save_template(shop, "processing", "email", "en", subject=subject, body=body, now=NOW)
        assert list(refused.value.message_dict) == [field]
    for status, channel, language in (
        ("nope", "email", "en"),
        ("processing", "fax", "en"),
        ("processing", "sms", "xx"),
    ):
        with pytest.raises(ValidationError):
            save_template(shop, status, channel, language, subject="", body="x", now=NOW)
    with pytest.raises(ValidationError, match="no subject"):
        save_template(shop, "processing", "sms", "en", subject="x", body="x", now=NOW)
    assert not Template.objects.exists()


@pytest.mark.django_db
def test_a_shops_own_wording_is_sent_and_can_be_reset(mailbox: Mailbox) -> None:
    """A5: the shop edits the content per status and language; reset goes back to what ships."""
    shop = make_shop(language="uk", languages=["uk", "en"])
    shipped = queries.template(shop, "on-hold", "email", "uk")
    body = "{customer_name}, чекайте.\n{case_link}"
    save_template(shop, "on-hold", "email", "uk", subject="{order_number} чекає", body=body, now=NOW)
    assert queries.template(shop, "on-hold", "email", "uk") == Wording("{order_number} чекає", body)
    own = [(slot.status.code, slot.channel, slot.language) for slot in queries.templates(shop) if slot.own]
    assert own == [("on-hold", "email", "uk")]
    case = make_order(shop, number="55", language="uk")
    move(case, "on-hold")
    send()
    assert mailbox.letters[0]["Subject"] == "55 чекає"
    message = Message.objects.get(case=case)
    assert case.customer is not None
    assert message.text.startswith(f"{case.customer.name}, чекайте.\n")
    # In every e-mail: the way to support, and the way to say what one wants to be told.
    assert "/help/\n" in message.text
    assert "/u/" in message.text.splitlines()[-1]
    assert reset_template(shop, "on-hold", "email", "uk") is True
    assert reset_template(shop, "on-hold", "email", "uk") is False
    assert queries.template(shop, "on-hold", "email", "uk") == shipped


@pytest.mark.django_db
def test_the_list_of_templates_has_every_status_channel_and_language() -> None:
    """A5: nothing that customers see is without wording."""
    shop = make_shop("delivery", languages=["en", "fa"])
    slots = queries.templates(shop)
    assert len(slots) == (13 + 4) * 3 * 2  # of orders and of support requests
    assert not any(slot.own for slot in slots)


@pytest.mark.django_db
def test_preview_shows_a_real_order_without_saving() -> None:
    """A5: live preview with a real order."""
    case = make_order(make_shop(), make_product(make_shop()), number="88")
    shown = queries.preview(case, "on-hold", "email", "en", Wording("{order_number}", "Dear {customer_name} {oops"))
    assert shown.subject == "88"
    assert case.customer is not None
    assert f"Dear {case.customer.name} {{oops" in shown.text
    assert "<html" in shown.html
    sms = queries.preview(case, "on-hold", "sms", "fa", Wording("", "{status}: {note}"), note="سلام")
    assert (sms.subject, sms.html) == ("", "")
    assert sms.text == f"{case.flow.status('on-hold').name.say('fa')}: سلام"
    assert Template.objects.count() == Message.objects.count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", TO_CUSTOMERS)
def test_messages_about_support_requests_speak_of_no_order(channel: str, language: str) -> None:
    """D7, X5: subject, status and the one link, in five languages."""
    words = FULL | {"order_number": "", "support_link": "", "request_subject": "Wrong size"}
    for status in preset("support").statuses.values():
        text = defaults.wording(status.phase, channel, language, kind="support")
        check_template(channel, text.subject, text.body)
        shown = render(text, words, channel=channel, language=language, shop=Shop(name="Nour & Co"), kind="support")
        assert "Shipped" in f"{shown.subject}\n{shown.text}"
        # A push message leads there by itself.
        assert (FULL["case_link"] in shown.text) is (channel != Channel.PUSH)
        assert channel == Channel.SMS or shown.subject.startswith("Wrong size")
        assert "order_number" not in text.subject + text.body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", TO_CUSTOMERS)
def test_every_wording_that_ships_could_be_saved_and_says_what_it_must(channel: str, language: str) -> None:
    """D5, X5: the defaults of all presets' statuses in five languages: name, status, link, tracking number."""
    for code in presets("order"):
        for status in preset(code).statuses.values():
            text = defaults.wording(status.phase, channel, language)
            check_template(channel, text.subject, text.body)
            shown = render(text, FULL, channel=channel, language=language, shop=Shop(name="Nour & Co"))
            leads = () if channel == Channel.PUSH else ("case_link",)
            greets = {"uk": (), "en": ("greeting_name",), "ar": ("greeting_name",)}.get(language, ("customer_name",))
            # An SMS has no room for a greeting.
            for word in (*(() if channel == Channel.SMS else greets), "order_number", "status", *leads, "shop_name"):
                assert FULL[word] in f"{shown.subject}\n{shown.text}", (status.code, word)
            assert ("AX 1" in shown.text) is (status.phase in ("moving", "ready"))
            assert "{" not in shown.text
            bare = render(text, {"status": "S"}, channel=channel, language=language, shop=Shop(name="N"))
            assert bare.subject or bare.text
            assert not any(line.rstrip().endswith((":", "：", "，")) for line in bare.text.splitlines())
            if channel == Channel.SMS:
                assert len(shown.text) < 250


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shops_notice_says_what_came_in(language: str) -> None:
    """E7: in the shop's language."""
    text = defaults.to_shop("opened", "email", language)
    words = FULL | {
        "desk_link": "https://t.example/desk/n/orders/1/",
        "customer_phone": "+1",
        "customer_email": "c@d.e",
    }
    shown = render(text, words, channel="email", language=language, shop=Shop(name="N"))
    assert "#1042" in shown.subject
    assert "https://t.example/desk/n/orders/1/" in shown.text
    assert "/t/abc/" not in shown.html


def test_the_page_is_safe_readable_and_has_its_buttons() -> None:
    """A5, D7: escaped, clickable, one-tap links; only web addresses become links."""
    body = "Hi {customer_name}, see https://x.example/?a=1&b=2.\n{tracking_link}\n\n"
    body += "Your page: {case_link}\nAsk: {support_link}"
    words = FULL | {"customer_name": '"><img src=x onerror=alert(1)>', "tracking_link": "javascript:alert(1)"}
    shop = Shop(name="<i>N</i>", colour="#000080", phone="+1", address="Street 1")
    page = render(Wording("s", body), words, channel="email", language="en", shop=shop).html
    assert '<meta name="color-scheme" content="light dark">' in page
    assert "@media (prefers-color-scheme: dark)" in page
    assert "<img" not in page
    assert "<i>" not in page
    assert "javascript:alert(1)" in page
    assert 'href="javascript' not in page
    assert '<a href="https://x.example/?a=1&amp;b=2">https://x.example/?a=1&amp;b=2</a>.' in page
    assert ">Your page</a>" in page
    assert ">Ask</a>" in page
    assert "background-color:#000080;color:#ffffff" in page
    assert 'dir="ltr"' in page


words_of_templates = st.sampled_from([*FULL, "nope", "customer_name.x", "shop_name!r", "0", ""])
pieces = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["{", "}", "{{", "}}", "\n", "\r\n", "%s", "${x}", "<b>", "http://", "https://a.b/c)", ":"]),
    words_of_templates.map(lambda name: f"{{{name}}}"),
)
templates = st.lists(pieces, max_size=12).map("".join)
hostile = st.dictionaries(st.sampled_from(sorted(FULL)), templates, max_size=len(FULL))
quickly = hypothesis_settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quickly
@given(subject=templates, body=templates, words=hostile, language=st.sampled_from(LANGUAGES))
def test_whatever_is_written_is_refused_or_can_be_sent(
    subject: str, body: str, words: dict[str, str], language: str
) -> None:
    """Hostile templates: saving refuses with a reason, or sending works, with any customer's data whatever."""
    shop = Shop(name="\r\nBcc: x@example.com", colour="red;}</style>")
    for channel in TO_CUSTOMERS:
        with override(language), suppress(ValidationError):
            check_template(channel, subject if channel == Channel.EMAIL else "", body)
        shown = render(Wording(subject, body), words, channel=channel, language=language, shop=shop)
        assert "\n" not in shown.subject
        assert "\r" not in shown.subject
        assert "\x00" not in shown.text + shown.html
        assert "<b>" not in shown.html


@quickly
@given(text=templates)
def test_reading_is_total(text: str) -> None:
    """Every text can be read and filled; one without problems loses none of its letters."""
    known = set(FULL)
    shown = filled(text, **dict.fromkeys(known, "w"))
    if not problems(text, known) and "{" not in text and "}" not in text:
        assert shown.split() == " ".join(text.split()).split() or not text.isprintable()
