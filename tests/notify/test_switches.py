"""The shop's switches for messages, and what they make of real moves."""

from __future__ import annotations

from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tartib.notify import switches
from tartib.notify.models import Message, Reason, Sending, Switch
from tartib.notify.reaching import CONFIRMATION, Rules, ways
from tartib.notify.sql import Person
from tests.factories import make_order, make_orders, make_shop, move, with_sms
from tests.notify.sending import fates

pytestmark = pytest.mark.django_db


def test_a_message_that_is_switched_off_is_kept_as_not_told() -> None:
    """A5: off for a status and a channel, and the order's page can say so."""
    shop = make_shop()
    switches.switch(shop, {("on-hold", "email"): Sending.NEVER})
    case = make_order(shop)
    outcome = move(case, "on-hold")
    assert fates(case) == [("email", "on-hold", "off")]
    assert outcome.tally == {"message.off": 1}
    move(case, "cancelled")
    assert fates(case)[-1] == ("email", "cancelled", "held")


def test_a_message_can_be_switched_on_that_the_workflow_does_not_send() -> None:
    """E7: a shop whose workflow tells by e-mail alone has a status told by SMS as well."""
    shop = with_sms(make_shop())
    switches.switch(shop, {("on-hold", "sms"): Sending.ALWAYS})
    case = make_order(shop)
    move(case, "on-hold")
    assert sorted(fates(case)) == [("email", "on-hold", "held"), ("sms", "on-hold", "held")]


def test_only_what_differs_from_the_workflow_is_kept() -> None:
    shop = make_shop()
    rows = switches.grid(shop, "en")
    chosen: dict[tuple[str, str], str] = {(row.code, cell.channel): cell.sending for row in rows for cell in row.cells}
    switches.switch(shop, chosen)
    assert not Switch.objects.exists()
    switches.switch(shop, chosen | {("completed", "push"): Sending.NEVER})
    switches.switch(shop, chosen | {("completed", "push"): Sending.NEVER})
    assert list(Switch.objects.values_list("status", "channel", "sending")) == [("completed", "push", "never")]
    assert [cell.sending for row in switches.grid(shop, "en") if row.code == "completed" for cell in row.cells] == [
        "always", "instead", "never",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "chosen",
    [
        {("nowhere", "email"): "never"},
        {("on-hold", "fax"): "never"},
        {("on-hold", "email"): "sometimes"},
        {(CONFIRMATION, "email"): "never"},
        {(CONFIRMATION, "email"): "instead", (CONFIRMATION, "sms"): "instead"},
    ],
    ids=["no status", "no channel", "no choice", "confirmation", "confirmation by neither"],
)
def test_what_there_is_not_and_what_may_not_be_is_refused(chosen: dict[tuple[str, str], str]) -> None:
    """The confirmation of an order goes in any case."""
    with pytest.raises(ValidationError):
        switches.switch(make_shop(), chosen)
    assert not Switch.objects.exists()


@pytest.mark.parametrize("language", ["en", "ar", "fa", "uk", "zh-hant"])
def test_the_grid_says_what_each_message_says_in_a_fixed_number_of_queries(language: str) -> None:
    """A5: for the newest order, in any language; an SMS takes two parts at most where nothing is tracked."""
    shop = make_shop("delivery")
    switches.grid(shop, language)
    counted = []
    for how_many in (1, 3):
        make_orders(shop, how_many)
        with CaptureQueriesContext(connection) as queries:
            rows = switches.grid(shop, language)
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert (rows[0].code, rows[0].template, rows[0].status) == (CONFIRMATION, "received", None)
    assert "new" not in {row.code for row in rows}, "requests begin there and never come back to it"
    says = [cell.says for row in rows for cell in row.cells]
    assert all(said and (said.text or said.subject) for said in says[: 3 * 13])
    assert Message.objects.count() == 0


def test_the_words_beside_the_switches_say_who_is_told_and_who_is_not() -> None:
    """Whatever is chosen: the same words stand for one outcome alone, and nobody is told where they say so."""
    both = Person(
        "a@example.com", "+447700900123", wants_email=True, wants_sms=True, asked_by_email=True, asked_by_sms=True
    )
    people = [both, both._replace(phone=""), both._replace(email="")]
    come_to: dict[str, set[tuple[tuple[str, ...], ...]]] = {}
    for email, sms, stand_in, missing in product(Sending, Sending, (True, False), ("", Reason.NO_SERVICE)):
        sending = {("picked", "email"): email, ("picked", "sms"): sms}
        rules = Rules(stand_in, {"email": "", "sms": missing, "push": ""}, sending)
        told = tuple(
            tuple(way.channel for way in ways(person, [], ["email"], rules, status="picked") if not way.off)
            for person in people
        )
        come_to.setdefault(switches.reached({"email": email, "sms": sms}, rules), set()).add(told)
    assert [words for words, outcomes in come_to.items() if len(outcomes) > 1] == []
    nobody = {words for words, outcomes in come_to.items() if outcomes == {((), (), ())}}
    assert nobody == {words for words in come_to if words.startswith("Nobody")}


def test_a_status_whose_e_mail_is_off_is_told_by_no_sms_that_only_stands_in() -> None:
    """A5: switching e-mail off sends nobody an SMS unasked; the page says that nobody is told."""
    shop = with_sms(make_shop())
    switches.switch(shop, {("on-hold", "email"): Sending.NEVER})
    row = next(row for row in switches.grid(shop, "en") if row.code == "on-hold")
    assert row.reaches.startswith("Nobody is told by e-mail or SMS")
    case = make_order(shop)
    move(case, "on-hold")
    assert fates(case) == [("email", "on-hold", "off")]
