"""What the ledger of messages holds of a person: told, and erased. That a message went is on the timeline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tartib.cases.personal_data import cases_of
from tartib.customers.hooks import Held, Person, row
from tartib.journal.operations import Actor
from tartib.notify.models import TO_SHOP, Message, Subscription


def export(person: Person, *, inner: bool) -> Iterator[Held]:
    """Each message as it was sent; those to the shop's own people only for staff."""
    messages = _about(person).select_related("case").order_by("pk")
    if not inner:
        messages = messages.exclude(kind__in=TO_SHOP)
    yield Held(
        _("Messages"),
        [
            {_("tracking code"): one.case.code if one.case else "", _("when"): one.sent_at or one.created_at}
            | row(one, "channel", "recipient", "state", "subject", "text")
            for one in messages
        ],
    )
    yield Held(_("Devices that are told"), [row(one, "name", "sent_at") for one in _devices(person).order_by("pk")])


def erase(person: Person, _actor: Actor, *, now: datetime) -> None:
    """Delete them, and forget the devices.

    A message that is being sent at this moment is not written down any more, see `sending.record`.
    """
    _about(person).delete()
    _devices(person).delete()


def _devices(person: Person) -> QuerySet[Subscription]:
    """Those of the person's accounts, and those that follow one of the cases by its link."""
    of_them = Q(session__account__in=person.accounts) | Q(case__in=cases_of(person))
    return Subscription.objects.filter(of_them, shop=person.shop)


def _about(person: Person) -> QuerySet[Message]:
    """Everything about the person's cases, the codes sent to their addresses, the warnings sent to former ones."""
    without_case = Q(case=None, recipient__in=person.addresses) | Q(customer__in=person.customers)
    return Message.objects.filter(Q(case__in=cases_of(person)) | without_case, shop=person.shop)
