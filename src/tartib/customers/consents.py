"""What a customer wants to be told, by which channel: kept as a ledger, and withdrawn by the link of any e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core import signing
from django.db import transaction

from tartib.customers.addresses import EMAIL, PUSH, SMS
from tartib.customers.models import Consent, Customer, Purpose, Source
from tartib.shops.scope import shop_of

FIELDS = {
    (EMAIL, Purpose.STATUS): "wants_email",
    (SMS, Purpose.STATUS): "wants_sms",
    (PUSH, Purpose.STATUS): "wants_push",
    (EMAIL, Purpose.FEEDBACK): "asked_by_email",
    (SMS, Purpose.FEEDBACK): "asked_by_sms",
    (PUSH, Purpose.FEEDBACK): "asked_by_push",
    (EMAIL, Purpose.OFFERS): "offers_by_email",
    (SMS, Purpose.OFFERS): "offers_by_sms",
}
"""Where it is kept what counts now, by channel and purpose."""
_SALT = "tartib.customers.consents"


@transaction.atomic
def change(
    customers: Sequence[int],
    channel: str,
    purpose: Purpose,
    source: Source,
    address: str,
    *,
    given: bool,
    now: datetime,
) -> int:
    """Keep what a person wants for all the customers they are; returns for how many of them that is new."""
    field = FIELDS[channel, purpose]
    held = Customer.objects.select_for_update().filter(pk__in=customers, **{field: not given}).order_by("pk")
    changed = list(held.values_list("pk", "shop_id"))
    Customer.objects.filter(pk__in=[pk for pk, _shop in changed]).update(**{field: given})
    Consent.objects.bulk_create(
        Consent(
            shop_id=shop, customer_id=pk, channel=channel, purpose=purpose, given=given, source=source,
            ip=address or None, at=now,
        )
        for pk, shop in changed
    )  # fmt: skip
    return len(changed)


def token(customer_id: int, channel: str, purpose: Purpose) -> str:
    """What stands in the link with which a customer withdraws a consent: signed, and good for nothing else."""
    return signing.dumps([customer_id, channel, purpose.value], salt=_SALT)


def shop_of_link(given: str) -> int | None:
    """The shop whose customer that link is of."""
    try:
        customer_id, _channel, _purpose = signing.loads(given, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    return shop_of("customer", customer_id)


def read_consent(given: str) -> tuple[Customer, str, Purpose] | None:
    """Whose link it is, for which channel and purpose; None for what is no such link."""
    try:
        customer_id, channel, purpose = signing.loads(given, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    customer = Customer.objects.filter(pk=customer_id).select_related("shop").first()
    return (customer, channel, Purpose(purpose)) if customer is not None else None
