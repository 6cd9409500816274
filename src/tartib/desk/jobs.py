"""What the worker does for the desk: sends the letters about somebody's own account, and about keys that end."""

from __future__ import annotations

import logging

from django.db import OperationalError, transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from tartib.desk import letters
from tartib.desk.sign_in import recovery
from tartib.desk.sign_in.enqueue import QUEUE, SEND_CODE, SEND_LINK
from tartib.notify.models import State
from tartib.shops.models import ApiKey, Membership, Role
from tartib.shops.operations import keys_to_warn_of
from tartib.shops.scope import every_shop, in_each, scope
from tartib.shops.security import Origin

logger = logging.getLogger(__name__)


class NotYet(Exception):
    """The mail server did not take the letter; it may the next time."""


PATIENCE = RetryStrategy(max_attempts=6, exponential_wait=4, retry_exceptions={OperationalError, NotYet})


@app.task(name=SEND_LINK, queue=QUEUE, retry=PATIENCE)
def send_password_link(user_id: int) -> None:
    """Send the link, if they work anywhere; 0 is nobody."""
    answer = recovery.send_link(user_id)
    if answer is not None and answer.state == State.QUEUED:
        raise NotYet(answer.said)
    logger.info("password link: %s", answer.state if answer else "nobody")


@app.task(name=SEND_CODE, queue=QUEUE, retry=PATIENCE)
def send_sign_in_code(user_id: int, address: str, device: str) -> None:
    """Send the code with which a browser proves the mailbox, if they work anywhere; 0 is nobody."""
    answer = recovery.send_code(user_id, Origin(address=address, device=device), now=timezone.now())
    if answer is not None and answer.state == State.QUEUED:
        raise NotYet(answer.said)
    logger.info("sign-in code: %s", answer.state if answer else "nobody")


@app.periodic(cron="17 6 * * *")
@app.task(name="desk.warn_of_keys", queueing_lock="desk.warn_of_keys", pass_context=False)
def warn_of_keys(timestamp: int) -> None:
    """Have the owners of shops told of API keys that end soon, once each."""
    in_each(every_shop(), _warn_of_keys)


@transaction.atomic
def _warn_of_keys() -> None:
    for key in keys_to_warn_of(timezone.now()):
        for owner in key.shop.memberships.filter(active=True, role=Role.OWNER).order_by("pk"):
            send_key_warning.defer(shop_id=key.shop_id, key_id=key.pk, member_id=owner.pk)


@app.task(name="desk.send_key_warning", retry=PATIENCE)
def send_key_warning(shop_id: int, key_id: int, member_id: int) -> None:
    """Tell an owner that an API key ends soon, unless it was ended or they left meanwhile."""
    with scope(shop_id):
        key = ApiKey.objects.filter(pk=key_id, revoked_at=None).first()
        owner = Membership.objects.filter(pk=member_id, active=True).select_related("shop", "user").first()
        if key is None or owner is None:
            return
        answer = letters.warn_of_key(owner, key)
    if answer.state == State.QUEUED:
        raise NotYet(answer.said)
