"""Loading the practice shops: the orders of their last sixteen days, brought where they are by real moves."""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import groupby, repeat
from multiprocessing import get_context
from zoneinfo import ZoneInfo

import django
from django.db import connection, transaction

from tartib.cases.engine import advance
from tartib.cases.hooks import AS_USUAL, NotifyOptions
from tartib.cases.models import Case
from tartib.cases.operations import note
from tartib.catalog.models import Product
from tartib.customers.address import Address
from tartib.customers.operations import CustomerDraft
from tartib.flow.facts import ByHand, Event
from tartib.journal.operations import SYSTEM, Actor
from tartib.orders import recommendations
from tartib.orders.drafts import LineDraft, OrderDraft
from tartib.orders.models import PaymentMethod
from tartib.orders.operations import Processing, process
from tartib.orders.placing import place
from tartib.payments.models import Direction, State
from tartib.payments.operations import record_payment
from tartib.sandbox.dressing import dress, thin_out
from tartib.sandbox.jobs import draw
from tartib.sandbox.opening import OPEN_FOR, Opened, open_sample
from tartib.sandbox.samples import Sample, samples
from tartib.sandbox.surprises import surprise
from tartib.sandbox.talking import rate, talk
from tartib.sandbox.walks import WALKS, Walk
from tartib.shops.models import Role, Shop
from tartib.shops.operations import number_of_new_shop
from tartib.shops.scope import at_hand, in_each, practice_shops, scope

ORDERS = 50
DAYS = 16
FAVOURITES = 5
# When work is done on a day: what falls together is done together. Long ago, once a day is fine enough.
_HOURS = (time(9, 40), time(13, 10), time(17, 30))
_LONG_AGO = timedelta(days=4)
# What happened longer ago was told then: the customers' letter boxes are not filled with all of it now.
_TOLD = timedelta(hours=30)
_SILENT = NotifyOptions(channels=frozenset())


@dataclass(slots=True)
class Plan:
    """An order to come: what it is, its way, and its case once it is placed."""

    draft: OrderDraft
    placed: datetime
    walk: Walk
    number: int
    case_id: int = field(default=0)


@dataclass(frozen=True, slots=True)
class Happening:
    """One act of one order's way; `step` counts them, so that those of one moment keep their order."""

    at: datetime
    step: int
    act: str
    plan: Plan


def load_all(now: datetime, say: Callable[[str], None], *, processes: int | None = None) -> bool:
    """Load the practice shops that are not there yet; whether any was loaded. With 0 processes, all in this one."""
    known = set(in_each(practice_shops(), lambda: Shop.objects.get(pk=at_hand()).slug))
    missing = [sample for sample in samples() if sample.slug not in known]
    if not missing:
        return False
    say(f"loading {len(missing)} practice shops…")
    if processes == 0:
        for sample in missing:
            say(f"{load(sample, now).name} is open.")
        return True
    # Each shop in a process of its own: they share nothing, and there is more than one processor.
    connection.close()
    most = min(len(missing), processes or os.cpu_count() or 1)
    with ProcessPoolExecutor(most, mp_context=get_context("spawn"), initializer=django.setup) as pool:
        for name in pool.map(_load_apart, missing, repeat(now)):
            say(f"{name} is open.")
    return True


def load(sample: Sample, now: datetime, orders: int = ORDERS) -> Shop:
    """Open one practice shop and let its last weeks happen, up to `now`. All of it or nothing."""
    with scope(number_of_new_shop()), transaction.atomic():
        return _load(sample, now, orders)


def _load(sample: Sample, now: datetime, orders: int) -> Shop:
    opened = open_sample(sample, now)
    dress(sample, opened, now - OPEN_FOR)
    plans = _plans(sample, opened, now, orders)
    player = _Player(sample, opened, now)
    happenings = sorted(_happenings(plans, opened.shop, now), key=lambda h: (h.at, h.step, h.act, h.plan.number))
    for (at, _step, act), group in groupby(happenings, key=lambda h: (h.at, h.step, h.act)):
        player.play(act, [happening.plan for happening in group], at)
    talk(sample, opened, now)
    rate(sample, opened, now)
    surprise(sample, opened, now)
    thin_out(opened, now)
    recommendations.count(opened.shop, now=now)
    draw.defer(shop_id=opened.shop.pk)
    return opened.shop


def _load_apart(sample: Sample, now: datetime) -> str:
    try:
        return load(sample, now).name
    finally:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]


def _plans(sample: Sample, opened: Opened, now: datetime, orders: int) -> list[Plan]:
    chance = random.Random(f"{sample.slug} orders")  # noqa: S311 - invented orders
    walks = [walk for walk in WALKS[sample.workflow] for _ in range(max(1, round(walk.share * orders / 100)))]
    first = {id(walk): number for number, walk in reversed(list(enumerate(walks)))}
    moments = []
    for number, walk in enumerate(walks):
        lasts = walk.acts[-1][0] * 1.3 + 20 if walk.acts else 0.0
        # The first order of each way is old enough to have gone all of it.
        youngest = lasts if first[id(walk)] == number else 0.2
        hours = chance.uniform(min(youngest, DAYS * 24 - 1), DAYS * 24) if walk.acts else chance.uniform(0.5, 60)
        moments.append((now - timedelta(hours=hours), walk))
    moments.sort(key=lambda pair: pair[0])
    return [
        Plan(_draft(sample, opened, walk, number, moment, chance), _slot(moment, opened.shop, now), walk, number)
        for number, (moment, walk) in enumerate(moments)
    ]


def _draft(
    sample: Sample, opened: Opened, walk: Walk, number: int, moment: datetime, chance: random.Random
) -> OrderDraft:
    who = number % len(sample.customers) if chance.random() < 0.85 else chance.randrange(len(sample.customers))
    city, region, postcode = chance.choice(sample.cities)
    name, phone = sample.customers[who], sample.phones % who
    email = f"customer{who + 1}@{sample.slug}.example.com"
    shipping, cost = chance.choice(sample.shipping)
    lines = tuple(
        LineDraft(product.name, chance.choice((1, 1, 1, 2, 3)), product.price, sku=product.sku, variant=product.variant)
        for product in _chosen(opened.products, chance)
    )
    country = sample.settings["country"]
    return OrderDraft(
        currency=sample.settings["currency"],
        lines=lines,
        customer=CustomerDraft(
            name, email, phone, sample.language, country, sample.groups[0] if who % 5 == 0 else "",
        ),
        placed_at=moment,
        number=str(10_001 + number),
        shipping=cost,
        payment_method=PaymentMethod.ON_RECEIPT if walk.on_receipt else PaymentMethod.ONLINE,
        payment_method_name=sample.on_receipt if walk.on_receipt else sample.gateway,
        shipping_method=shipping,
        ship_to=Address(
            name=name, line1=chance.choice(sample.streets), city=city, region=region, postcode=postcode,
            country=country, phone=phone, email=email,
        ),
        customer_note=chance.choice(sample.wishes) if chance.random() < 0.15 else "",
        ip=f"192.0.2.{number % 250 + 1}",
        ip_country=country if number % 19 else "NL",
        channel=chance.choice(sample.channels),
    )  # fmt: skip


def _chosen(products: Sequence[Product], chance: random.Random) -> list[Product]:
    """A few products. Some are liked more than others, and taken together with another one."""
    chosen = chance.sample(products, chance.choice((1, 1, 2, 2, 3, 4)))
    if chance.random() < 0.5:
        place = chance.randrange(FAVOURITES) * 3
        chosen += [products[place], products[place + 5]]
    return list(dict.fromkeys(chosen))


def _happenings(plans: Sequence[Plan], shop: Shop, now: datetime) -> list[Happening]:
    """All that happens up to `now`: every order is placed, then goes as far as its age allows."""
    found = []
    for plan in plans:
        if plan.placed > now:
            plan.placed = now
        found.append(Happening(plan.placed, 0, "place", plan))
        chance = random.Random(plan.number)  # noqa: S311 - invented delays
        for step, (hours, act) in enumerate(plan.walk.acts, start=1):
            at = (
                _slot(plan.placed + timedelta(hours=hours * chance.uniform(0.8, 1.25)), shop, now)
                if hours
                else plan.placed
            )
            if at > now:
                break
            found.append(Happening(at, step, act, plan))
            if step == 1 and plan.number % 6 == 0:
                found.append(Happening(at, step, "note", plan))
    return found


def _slot(moment: datetime, shop: Shop, now: datetime) -> datetime:
    """The next time of the shop's day at which work is done."""
    hours = _HOURS if moment > now - _LONG_AGO else _HOURS[-1:]
    local = moment.astimezone(ZoneInfo(shop.timezone))
    for day in (0, 1):
        for hour in hours:
            at = datetime.combine(local.date() + timedelta(days=day), hour, local.tzinfo)
            if at >= local:
                return at.astimezone(moment.tzinfo)
    raise AssertionError("the next morning comes")


class _Player:
    """Lets things happen in one shop."""

    def __init__(self, sample: Sample, opened: Opened, now: datetime) -> None:
        self.sample, self.opened, self.now = sample, opened, now
        self.shop = opened.shop
        self.gateway = Actor("event", sample.gateway)
        self.carrier = Actor("event", sample.carrier)
        self._turns: defaultdict[str, int] = defaultdict(int)

    def play(self, act: str, plans: Sequence[Plan], at: datetime) -> None:
        """Let `act` happen to these orders at that moment."""
        notify_options = AS_USUAL if at >= self.now - _TOLD else _SILENT
        if act == "place":
            self._place(plans, at, notify_options)
        elif act in {"pay", "fail", "refund"}:
            for plan in plans:
                self._money(act, plan, at, notify_options)
        elif act == "track":
            for plan in plans:
                self._track(plan, at, notify_options)
        elif act == "note":
            for plan in plans:
                case = Case.objects.select_related("shop").get(pk=plan.case_id)
                note(case, self._next("remarks", self.sample.remarks), self._staff(), shown=False, now=at)
        else:
            ids = [plan.case_id for plan in plans]
            if "." in act:
                advance(self.shop, ids, Event(act), self.carrier, now=at, notify_options=notify_options)
            else:
                actor = self._staff()
                words = self.sample.reasons.get(act, ())
                wish = ByHand(act, actor.role, self._next(act, words) if words else "")
                advance(self.shop, ids, wish, actor, now=at, notify_options=notify_options)

    def _place(self, plans: Sequence[Plan], at: datetime, notify_options: NotifyOptions) -> None:
        owner = self.opened.members[Role.EXPERT if self._turn("owner") % 3 else Role.MANAGER]
        placed = place(
            self.shop, [plan.draft for plan in plans], SYSTEM, now=at, owner=owner,
            notify_options=notify_options if notify_options.channels is None else None,
        )  # fmt: skip
        for order in placed:
            plans[order.place].case_id = order.case_id

    def _money(self, act: str, plan: Plan, at: datetime, notify_options: NotifyOptions) -> None:
        record_payment(
            self.shop,
            plan.case_id,
            max(plan.draft.due, Decimal("0.01")),
            plan.draft.currency,
            self.opened.actor(Role.MANAGER) if act == "refund" else self.gateway,
            now=at,
            state=State.FAILED if act == "fail" else State.CONFIRMED,
            direction=Direction.OUT if act == "refund" else Direction.IN,
            method=plan.draft.payment_method_name,
            reference=f"{self.sample.code}{plan.number:06d}",
            notify_options=notify_options,
        )

    def _track(self, plan: Plan, at: datetime, notify_options: NotifyOptions) -> None:
        number = self.sample.tracking % (plan.number * 7_919 + 1_234_567)
        form = Processing(
            carrier=self.sample.carrier, tracking_number=number, tracking_url=self.sample.tracking_url % number,
            sent_on=at.date(), notify_options=notify_options,
        )  # fmt: skip
        process(self.shop, plan.case_id, form, self._staff(), now=at)

    def _staff(self) -> Actor:
        return self.opened.actor((Role.EXPERT, Role.TECHNICIAN, Role.EXPERT, Role.MANAGER)[self._turn("staff") % 4])

    def _next(self, purpose: str, words: Sequence[str]) -> str:
        return words[self._turn(purpose) % len(words)]

    def _turn(self, purpose: str) -> int:
        self._turns[purpose] += 1
        return self._turns[purpose]
