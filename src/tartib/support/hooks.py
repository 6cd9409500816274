"""What support requests add to the engine: their events, their words for messages, what goes with them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from tartib.cases.hooks import Context
from tartib.cases.models import Case
from tartib.journal.models import Entry
from tartib.l10n import normal
from tartib.l10n.names import language as nearest
from tartib.support import personal_data
from tartib.support.models import Post, Request, Way

ANSWERED, WRITTEN = "support.answered", "support.written"
EVENTS = frozenset({ANSWERED, WRITTEN, personal_data.WITHDRAWN})
FIRST = 2
"""The number of the entry that holds what was asked: it follows the one that opens the case."""
MOST_WORDS = 4_000

WORDS = {
    "request_subject": _("What a support request is about"),
    "request_words": _("What was asked in a support request"),
    "request_writer": _("Who wrote last in a support request: the customer, or the address that is not theirs"),
    "about_code": _("Tracking code of the order that a support request is about"),
}


def found_by(cases: Sequence[Case]) -> dict[int, str]:
    """What support requests are found by besides their tracking codes, in one query."""
    about = dict(Request.objects.filter(case__in=cases).values_list("case_id", "about__code"))
    people = ((case, case.customer) for case in cases)
    return {
        case.pk: normal.search_text(
            case.title, *((person.name, person.email, person.phone) if person else ()), about.get(case.pk) or ""
        )
        for case, person in people
    }


def marked(words: str, sender: str, language: str) -> str:
    """What somebody wrote, for the shop: above what a stranger wrote stands that it is not the customer's."""
    if not sender:
        return words
    with override(nearest(language)):
        mark = gettext("From %(sender)s, which is not the customer’s address:") % {"sender": f"\u2068{sender}\u2069"}
    return f"{mark}\n\n{words}"


def letter_ids(case_ids: Sequence[int]) -> dict[int, list[str]]:
    """The ids of the e-mails that came to these requests, oldest first, in one query."""
    found: dict[int, list[str]] = {}
    posts = Post.objects.filter(case__in=case_ids, way=Way.MAIL, message_id__startswith="<").order_by("case_id", "seq")
    for case_id, message_id in posts.values_list("case_id", "message_id"):
        found.setdefault(case_id, []).append(message_id)
    return found


def words(case_ids: Sequence[int], language: str) -> dict[int, dict[str, str]]:
    """The words a message may use about these support requests, in three queries."""
    requests = list(Request.objects.filter(case_id__in=case_ids).select_related("case__customer", "about"))
    asked = {
        entry.case_id: str(entry.data.get("text", ""))[:MOST_WORDS]
        for entry in Entry.objects.filter(case_id__in=[request.case_id for request in requests], seq=FIRST)
    }
    wrote = _senders(list(asked))
    return {
        request.case_id: {
            "request_subject": request.case.title or request.case.code,
            "request_words": marked(asked.get(request.case_id, ""), wrote.get(request.case_id, ("",))[0], language),
            "request_writer": wrote.get(request.case_id, ("",))[-1] or str(request.case.customer or ""),
            "about_code": request.about.code if request.about else "",
        }
        for request in requests
    }


def _senders(case_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Whose words came to these requests, in their order: an address that is not the customer's, or ""."""
    found: dict[int, tuple[str, ...]] = {}
    posts = Post.objects.filter(case__in=case_ids).exclude(way=Way.DESK).order_by("case_id", "seq")
    for case_id, sender in posts.values_list("case_id", "sender"):
        found[case_id] = (*found.get(case_id, ()), sender)
    return found


def clear(case_ids: Sequence[int], _context: Context) -> None:
    """Before cases are deleted: what was attached to them goes with them."""
    personal_data.discard_files(case_ids)
