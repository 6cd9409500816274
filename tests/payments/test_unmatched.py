"""Money that came for no order is given to its order by a person, once (E2)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from tartib.cases.models import Case
from tartib.cases.operations import delete
from tartib.journal.models import Entry
from tartib.payments import refunds, unmatched
from tartib.payments.attempts import apply_notice, start
from tartib.payments.gateways.protocol import Fate, GatewayNotice, Movement
from tartib.payments.models import Difference, Payment
from tartib.payments.operations import WrongCurrency
from tartib.payments.reconciling import compare
from tartib.payments.timeline import PAYMENT
from tartib.payments.unmatched import Gone, OtherAmount, assign, unmatched_payments
from tartib.shops.models import Shop
from tests.factories import NOW, PASSWORD, actor, make_order, make_shop
from tests.payments.scripted import Scripted, make_account, paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(scripted: Scripted) -> Shop:
    """A shop to which a gateway told of 50 dollars, twice, for an order that had been deleted as a double."""
    shop = make_shop()
    double, account = make_order(shop), make_account(shop)
    attempt = start(shop, double.pk, account, now=NOW)
    delete(shop, [double.pk], actor(shop), reason="double", now=NOW)
    for _time in range(2):
        apply_notice(account, paid(attempt, "money-1"), now=NOW)
    return shop


def test_money_for_a_deleted_order_goes_to_the_one_that_was_kept(shop: Shop, scripted: Scripted) -> None:
    """E2: recorded once, on its timeline, by a person; from there it can be sent back by the gateway."""
    case = make_order(shop)
    (found,) = unmatched_payments(shop)
    assert (found.amount, found.currency, found.code != "") == (Decimal(50), "USD", True)
    payment = assign(shop, found.source, found.pk, case.pk, actor(shop), now=NOW)
    case.refresh_from_db()
    assert (case.status, case.payment, payment.flag) == ("processing", "paid", "")
    entry = Entry.objects.get(case_id=case.pk, kind=PAYMENT)
    assert (entry.data["assigned"], entry.actor_name) == (True, "Olive Owner")
    assert unmatched_payments(shop) == [], "the other notice told of the same money"
    with pytest.raises(Gone):
        assign(shop, found.source, found.pk, case.pk, actor(shop), now=NOW)
    assert payment.attempt is not None
    apply_notice(payment.attempt.account, paid(payment.attempt, "money-1"), now=NOW)
    assert Payment.objects.count() == 1
    (back,) = refunds.refund(shop, case.pk, Decimal(50), actor(shop), now=NOW)
    refunds.send(back.pk, now=NOW)
    assert scripted.refunded[0][:2] == ("money-1", Decimal(50))


def test_amount_and_currency_are_looked_at_first(shop: Shop) -> None:
    (found,) = unmatched_payments(shop)
    other = make_order(shop)
    Case.objects.filter(pk=other.pk).update(amount=70)
    with pytest.raises(OtherAmount) as refused:
        assign(shop, found.source, found.pk, other.pk, actor(shop), now=NOW)
    assert refused.value.due == 70
    with pytest.raises(WrongCurrency):
        assign(shop, found.source, found.pk, make_order(shop, currency="EUR").pk, actor(shop), now=NOW, even_so=True)
    with pytest.raises(Case.DoesNotExist):
        assign(shop, found.source, found.pk, make_order(make_shop()).pk, actor(shop), now=NOW)
    assign(shop, found.source, found.pk, other.pk, actor(shop), now=NOW, even_so=True)
    other.refresh_from_db()
    assert other.payment == "partial"


def test_what_only_the_gateways_books_have_is_given_to_an_order_too(scripted: Scripted) -> None:
    shop = make_shop()
    account, case = make_account(shop), make_order(shop)
    scripted.books = [Movement("money-9", Decimal(50), "USD", NOW)]
    compare(account, NOW.replace(day=20), NOW, now=NOW)
    difference = Difference.objects.get()
    assign(shop, unmatched.DIFFERENCE, difference.pk, case.pk, actor(shop), now=NOW)
    difference.refresh_from_db()
    case.refresh_from_db()
    assert (case.payment, difference.settled_by) == ("paid", "Olive Owner")
    assert compare(account, NOW.replace(day=20), NOW, now=NOW) == 0


def test_staff_find_the_order_and_say_so(shop: Shop, client: Client) -> None:
    """E2: the desk offers orders of just that amount, and finds others; a difference is named before it is accepted."""
    assert shop.default_owner is not None
    client.login(username=shop.default_owner.user.email, password=PASSWORD)
    same, other = make_order(shop), make_order(shop, number="W-77")
    Case.objects.filter(pk=other.pk).update(amount=70)
    page = client.get(f"/desk/{shop.slug}/payments/unmatched/").content.decode()
    (found,) = unmatched_payments(shop)
    here = f"/desk/{shop.slug}/payments/unmatched/notice/{found.pk}/"
    assert here in page
    offered = client.get(here).content.decode()
    assert same.code in offered
    assert other.code not in offered
    searched = client.get(here, {"q": "W-77"}).content.decode()
    assert "The amounts differ" in searched
    assert client.post(here, {"case": other.pk}, follow=True).content.decode().count("has changed")
    answer = client.post(here, {"case": same.pk})
    assert answer.headers["Location"] == f"/desk/{shop.slug}/orders/{same.code}/"
    assert "Payment without an order given to this one" in client.get(answer.headers["Location"]).content.decode()


def test_its_way_of_payment_is_called_as_its_reader_calls_it(shop: Shop, client: Client) -> None:
    """E2: as on every other page of money, the list and the page of one name the way in the language of the reader."""
    assert shop.default_owner is not None
    user, (found,) = shop.default_owner.user, unmatched_payments(shop)
    found.account.names = {"en": "Card", "uk": "Картка"}
    found.account.save()
    user.language = "uk"
    user.save()
    client.login(username=user.email, password=PASSWORD)
    for end in ("", f"notice/{found.pk}/"):
        assert "Картка" in client.get(f"/desk/{shop.slug}/payments/unmatched/{end}").content.decode()


def test_a_stranger_cannot_be_told_of_more_than_once(shop: Shop) -> None:
    """Money of which the gateway names nothing is one stray for each telling."""
    account = unmatched_payments(shop)[0].account
    for event in ("a", "a", "b"):
        apply_notice(account, GatewayNotice(event, Fate.DONE, amount=Decimal(5), currency="USD"), now=NOW)
    assert [one.amount for one in unmatched_payments(shop)] == [Decimal(5), Decimal(5), Decimal(50)]
