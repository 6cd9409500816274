"""Finding or adding the customers that orders name, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tartib.customers.models import Group
from tartib.customers.sql import fill_said, known
from tartib.shops import naming
from tartib.shops.bulk import insert_rows, new_ids
from tartib.shops.models import Shop

MOST_SAID = 200
"""What is kept of a phone as it was written; nobody writes more into a field of that name."""


@dataclass(frozen=True)
class CustomerDraft:
    """A customer as an order names them. `email` in lower case and `phone` in its normal form, both may be empty.

    `phone_said` is what was written, where `phone` does not say all of it; `given_name` the part of the name that
    letters greet by, where that is known.
    """

    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    country: str = ""
    group: str = ""
    phone_said: str = ""
    given_name: str = ""


def find_or_add(shop: Shop, drafts: Sequence[CustomerDraft], now: datetime) -> list[int]:
    """The ids of the customers the drafts name, in their order.

    A draft is the same person as a known customer with the same e-mail address and the same phone, either of which
    may be missing. Neither was proved by who typed it in, and each opens an account: were one of them enough, somebody
    could order once with another's address and their own phone, and by that phone see the other's later orders.
    One with neither is a new person each time. Four statements whatever the number of drafts, and one more
    where more than a number was written as a phone.
    """
    here = known(shop.pk, {(draft.email, draft.phone) for draft in drafts} - {("", "")})
    groups = _groups(shop, {draft.group for draft in drafts if draft.group})
    places: list[int] = []
    fresh: list[CustomerDraft] = []
    for draft in drafts:
        mark = (draft.email, draft.phone)
        if mark not in here or mark == ("", ""):
            # A new person is remembered by a negative place until the ids are known.
            here[mark] = -len(fresh) - 1
            fresh.append(draft)
        places.append(here[mark])
    ids = new_ids("customers_customer", len(fresh)) if fresh else []
    if fresh:
        insert_rows(
            "customers_customer",
            ("id", "shop_id", "group_id", "name", "email", "phone", "phone_said", "language", "country",
             "wants_email", "wants_sms", "created_at", "sort", "given_name"),
            (
                (pk, shop.pk, groups.get(d.group), d.name, d.email, d.phone, d.phone_said[:MOST_SAID], d.language,
                 d.country, True, True, now, naming.key(shop, d.name), d.given_name)
                for pk, d in zip(ids, fresh, strict=True)
            ),
        )  # fmt: skip
    found = [pk if pk > 0 else ids[-pk - 1] for pk in places]
    if said := {pk: draft.phone_said[:MOST_SAID] for pk, draft in zip(found, drafts, strict=True) if draft.phone_said}:
        fill_said(said)
    return found


def _groups(shop: Shop, names: set[str]) -> dict[str, int]:
    if not names:
        return {}
    Group.objects.bulk_create([Group(shop=shop, name=name) for name in sorted(names)], ignore_conflicts=True)
    return dict(Group.objects.filter(shop=shop, name__in=names).values_list("name", "pk"))
