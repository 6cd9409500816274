"""What the worker does for shops: looks whether the domains they claim are proved, and stay so; ends what is over.

Each shop's is looked for by a job of its own: name servers and hosts that are slow keep no other shop waiting.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task

from tartib.shops import domains, invitations, operations, security, sessions
from tartib.shops.scope import every_shop, in_each, scope, shops_with

logger = logging.getLogger(__name__)


@app.periodic(cron="*/10 * * * *")
@app.task(name="shops.look_for_proofs", queueing_lock="shops.look_for_proofs", pass_context=False)
def look_for_proofs(timestamp: int) -> None:
    """Have the proofs of all claims looked for that wait for theirs."""
    _each(look_for_proof, shops_with("unproved_domains", timezone.now() - domains.LOOKED_FOR))


@app.periodic(cron="11 5 * * *")
@app.task(name="shops.check_proofs", queueing_lock="shops.check_proofs", pass_context=False)
def check_proofs(timestamp: int) -> None:
    """Have the domains that were proved looked at: whether they are still their shops'."""
    _each(check_proof, shops_with("domains"))


@app.task(name="shops.look_for_proof", queue="outside")
def look_for_proof(shop_id: int) -> None:
    """Look for the proof of the claim of a shop."""
    with scope(shop_id):
        found = domains.look_for_all(shop_id, now=timezone.now())
    if found:
        logger.info("domains: that of shop %s is proved", shop_id)


@app.task(name="shops.check_proof", queue="outside")
def check_proof(shop_id: int) -> None:
    """Look whether the domain that was proved is still the shop's."""
    with scope(shop_id):
        closed = domains.check_all(shop_id, now=timezone.now())
    if closed:
        logger.warning("domains: that of shop %s is closed, its proof is gone", shop_id)


@app.periodic(cron="41 * * * *")
@app.task(name="shops.end_what_is_over", queueing_lock="shops.end_what_is_over", pass_context=False)
def end_what_is_over(timestamp: int) -> None:
    """Write down what ended by itself (invitations, API keys); forget what is too old to matter."""
    now = timezone.now()
    ended = in_each(
        every_shop(), lambda: (invitations.expire(now) + operations.end_expired_keys(now), security.forget(now))
    )
    logger.info(
        "over: %s invitations and keys, %s sessions, %s log lines, %s counts",
        sum(things for things, _lines in ended), sessions.forget(now), sum(lines for _things, lines in ended),
        operations.forget_limits(now),
    )  # fmt: skip


def _each(task: Task[[int], None, [int]], shops: Iterable[int]) -> None:
    """Defer a job for each shop, one of a kind at a time; one that waits already will do."""
    for shop_id in shops:
        named = f"{task.name}:{shop_id}"
        with suppress(AlreadyEnqueued), transaction.atomic():
            task.configure(lock=named, queueing_lock=named).defer(shop_id=shop_id)
