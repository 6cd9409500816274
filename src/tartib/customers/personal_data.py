"""What this room itself holds of a person: who they are, where they live, what they agreed to, how they sign in."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from tartib.customers.hooks import Held, Person, row
from tartib.customers.identity import Account, Passkey, SavedAddress, Session
from tartib.customers.models import Consent, Customer, PointsMovement


def export(person: Person, *, inner: bool) -> Iterator[Held]:
    """Everything but passwords, keys and tokens, which are kept as digests only."""
    customers = Customer.objects.filter(pk__in=person.customers).select_related("group").order_by("pk")
    yield Held(
        _("You as a customer"),
        [
            row(
                one, "name", "given_name", "email", "phone", "phone_said", "language", "calendar", "country",
                "wants_email", "wants_sms", "wants_push", "asked_by_email", "asked_by_sms", "asked_by_push",
                "offers_by_email", "offers_by_sms",
            ) | {_("group"): str(one.group or ""), _("since"): one.created_at}
            for one in customers
        ],
    )  # fmt: skip
    accounts = Account.objects.filter(pk__in=person.accounts)
    yield Held(
        _("Your account"),
        [
            row(one, "email", "phone") | {_("password"): bool(one.password), _("since"): one.created_at}
            for one in accounts
        ],
    )
    saved = SavedAddress.objects.filter(account__in=person.accounts).order_by("-usual", "-pk")
    yield Held(_("Saved addresses"), [{_("address"): [*one.address.lines, one.address.phone]} for one in saved])
    sessions = Session.objects.filter(account__in=person.accounts).order_by("-seen_at")
    yield Held(_("Where your account is open"), [row(one, "device", "ip", "created_at", "seen_at") for one in sessions])
    passkeys = Passkey.objects.filter(account__in=person.accounts).order_by("pk")
    yield Held(_("Passkeys"), [row(one, "name") | {_("since"): one.created_at} for one in passkeys])
    points = PointsMovement.objects.filter(customer__in=person.customers).order_by("pk")
    yield Held(
        _("Your points"),
        [{_("when"): one.at} | row(one, "kind", "points", "waiting", "reason") for one in points],
    )
    consents = Consent.objects.filter(customer__in=person.customers).order_by("pk")
    yield Held(
        _("What you agreed to"),
        [row(one, "at", "purpose", "channel", "given", "source", "ip") for one in consents],
    )
