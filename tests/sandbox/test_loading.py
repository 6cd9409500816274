"""The practice shops are whole: every status reached by real moves, stock and timelines right, loaded once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tartib.cases.models import Case
from tartib.catalog.models import Stock
from tartib.catalog.window import Listing, Photo
from tartib.feedback.models import Feedback
from tartib.flow.words import LANGUAGES
from tartib.journal.models import Entry
from tartib.journal.verify import verify
from tartib.orders import ORDER
from tartib.payments.models import Payment
from tartib.payments.unmatched import unmatched_payments
from tartib.sandbox.jobs import draw
from tartib.sandbox.load import load, load_all
from tartib.sandbox.people import PASSWORD, accounts
from tartib.sandbox.samples import Sample, samples
from tartib.shops.models import Role, Shop, User
from tartib.support import SUPPORT

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.slug)
def test_a_practice_shop_has_orders_in_every_status(sample: Sample) -> None:
    shop = load(sample, NOW, orders=30)

    cases = Case.objects.filter(shop=shop, kind=ORDER)
    flow = cases[0].flow
    assert set(cases.values_list("status", flat=True)) == set(flow.statuses)
    assert cases.filter(closed_at=None, due_at__lt=NOW).exists(), "some are late"
    assert cases.exclude(order__tracking_number="").exists() == any(m.event == "tracking.added" for m in flow.moves)
    assert Payment.objects.filter(shop=shop).exists()
    assert Payment.objects.filter(shop=shop, flag="excess").exists(), "somebody has paid twice"
    assert len(unmatched_payments(shop)) == 1, "and somebody for no order"
    assert list(verify(shop)) == []
    assert not cases.filter(placed_at__gt=NOW).exists()
    assert not Entry.objects.filter(shop_id=shop.pk, at__gt=NOW).exists()
    assert Stock.objects.filter(shop=shop, reserved__gt=0).exists() == any(
        "stock.reserve" in m.effects for m in flow.moves
    )
    requests = Case.objects.filter(shop=shop, kind=SUPPORT)
    assert set(requests.values_list("status", flat=True)) == {"new", "in-work", "answered", "settled", "dismissed"}
    assert not requests.filter(owner=None).exists()
    assert not requests.filter(placed_at__gt=NOW).exists()
    assert requests.filter(request__about__isnull=False).exists()
    asked = Feedback.objects.filter(shop=shop)
    assert asked.filter(rating=5).exists() and asked.filter(rating=None).exists(), "some have still to answer"
    assert asked.get(rating=2).request is not None
    assert set(shop.memberships.values_list("role", flat=True)) == set(Role.values)


def test_the_worker_draws_pictures_of_what_the_window_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """D12: one of each thing, or of each of its colours; what is drawn already is not drawn again."""
    monkeypatch.setattr("tartib.sandbox.pictures.SIDE", 60)
    shop = load(samples()[0], NOW, orders=1)
    for _time in range(2):
        draw(shop.pk)
        assert not Listing.objects.filter(shop=shop, photos=None).exists()
        mugs = Photo.objects.filter(listing__shop=shop, listing__title="Stoneware mug")
        assert sorted(mugs.values_list("product__variant", flat=True)) == ["Oat", "Slate"]


def test_the_samples_cover_every_language_and_preset() -> None:
    assert {sample.language for sample in samples()} == set(LANGUAGES)
    assert {sample.workflow for sample in samples()} == {"essential", "delivery", "checkout"}


def test_loading_again_changes_nothing_and_everybody_can_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tartib.sandbox.load.samples", lambda: samples()[1:2])
    monkeypatch.setattr("tartib.sandbox.load.ORDERS", 10)
    said: list[str] = []
    assert load_all(NOW, said.append, processes=0)
    before = Case.objects.count()
    assert not load_all(NOW, said.append, processes=0)
    assert Case.objects.count() == before
    assert len(said) == 2
    [(name, email)] = accounts()
    assert User.objects.get(email=email).check_password(PASSWORD)
    assert Shop.objects.get(name=name).practice
