"""What cases and their timelines hold of a person: told, and erased. The case stays, of nobody."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from tartib.cases import jobs, kinds
from tartib.cases.engine import announce
from tartib.cases.models import Act, Case, Picture, SavedView, new_token
from tartib.catalog.models import Movement
from tartib.customers.hooks import Enclosure, Held, Person
from tartib.files.operations import discard
from tartib.files.queries import content
from tartib.journal import erasing
from tartib.journal import kinds as entry_kinds
from tartib.journal.models import ActorKind, Entry
from tartib.journal.operations import Actor
from tartib.l10n import digits, normal
from tartib.l10n.names import isolate
from tartib.shops.models import Shop

MOST_NAMED = 5


def reindex_later(shop: Shop, customers: Collection[int]) -> None:
    """Customers are called or reached otherwise: soon all their cases are found by that, and no more by what was."""
    jobs.reindex.defer(shop_id=shop.pk, customers=sorted(customers))


def cases_of(person: Person) -> QuerySet[Case]:
    """All cases of a person."""
    return Case.objects.filter(shop=person.shop, customer__in=person.customers)


def ids(person: Person) -> list[int]:
    """The numbers of all cases of a person."""
    return list(cases_of(person).order_by("pk").values_list("pk", flat=True))


def gone(person: Person) -> dict[int, str]:
    """Tracking codes of a person's deleted cases, of which only the timeline is left, by number."""
    return erasing.deleted(person.shop.pk, person.customers)


def hinder(person: Person) -> Iterator[str]:
    """What is not finished has to be finished with somebody."""
    binding = [kind.code for kind in kinds.connected.values() if kind.binds]
    still = cases_of(person).filter(kind__in=binding, closed_at=None).order_by("-placed_at")
    codes = list(still.values_list("code", flat=True))
    if codes:
        named = ", ".join(map(isolate, codes[:MOST_NAMED])) + (" …" if len(codes) > MOST_NAMED else "")
        yield ngettext(
            "An order is not finished yet (%(codes)s). It has to be delivered or cancelled first.",
            "%(count)s orders are not finished yet (%(codes)s). They have to be delivered or cancelled first.",
            len(codes),
        ) % {"count": digits.number(len(codes), person.shop.tag(get_language() or "en")), "codes": named}


def export(person: Person, *, inner: bool) -> Iterator[Held]:
    """The timelines of the person's cases, without what is told elsewhere: messages are told by themselves."""
    codes = gone(person) | dict(cases_of(person).values_list("pk", "code"))
    found = Entry.objects.filter(shop=person.shop, case_id__in=codes)
    found = found.exclude(kind__in=[kind.code for kind in entry_kinds.connected.kinds.values() if not kind.exported])
    if not inner:
        found = found.filter(shown=True)
    rows: list[dict[str | Promise, object]] = []
    for entry in found.order_by("case_id", "seq"):
        said = dict(entry.words or {})
        said.pop("photos", None)
        text = said.pop("text", "") or said.pop("note", "")
        row: dict[str | Promise, object] = {
            _("tracking code"): codes[entry.case_id],
            _("when"): entry.at,
            _("kind"): entry_kinds.label(entry.kind),
            _("who"): _("you") if entry.actor_kind == ActorKind.CUSTOMER else ActorKind(entry.actor_kind).label,
            _("words"): text,
        }
        if said:
            row[_("more")] = said
        rows.append(row)
    pictures = Picture.objects.filter(case__in=cases_of(person)).select_related("upload", "case").order_by("pk")
    if not inner:
        pictures = pictures.filter(shown=True)
    files = [
        Enclosure(f"files/{one.case.code}/{one.upload.name}", partial(content, one.upload)) for one in pictures
    ]  # fmt: skip
    yield Held(_("What happened to your orders and requests"), rows, files)


def erase(person: Person, actor: Actor, *, now: datetime) -> None:
    """Take the person out of their cases, timelines and acts. Old links to the cases lead nowhere any more."""
    held = list(cases_of(person).select_for_update().order_by("pk"))
    numbers = [case.pk for case in held]
    known = numbers + list(gone(person))
    _forget_acts(person, known)
    erasing.erase(person.shop.pk, known, actor, now=now)
    for case in held:
        case.token, case.search, case.doubts = new_token(), normal.search_text(case.code), 0
        case.title = "" if kinds.connected[case.kind].titled_by_customer else case.title
        case.updated_at, case.version = now, F("version") + 1
    Case.objects.bulk_update(held, ["token", "search", "doubts", "title", "updated_at", "version"], batch_size=500)
    discard(*(one.upload for one in Picture.objects.filter(case__in=numbers).select_related("upload")))
    _forget_searches(person)
    announce(person.shop, numbers)


def _forget_acts(person: Person, numbers: list[int]) -> None:
    """What the person did themselves is known by their name beside the timeline too."""
    theirs = Entry.objects.filter(shop=person.shop, case_id__in=numbers, actor_kind=ActorKind.CUSTOMER)
    names = person.names | set(theirs.values_list("actor_name", flat=True))
    Act.objects.filter(shop=person.shop, pk__in=theirs.exclude(act_id=None).values("act_id")).update(actor_name="")
    Movement.objects.filter(case_id__in=numbers, actor_name__in=names).update(actor_name="")


def _forget_searches(person: Person) -> None:
    """A view of staff that looks for the person finds nobody any more."""
    named = Q(pk=None)
    for address in person.addresses | person.names:
        named |= Q(query__contains=urlencode({"": address})[1:])
    SavedView.objects.filter(named, shop=person.shop).delete()
