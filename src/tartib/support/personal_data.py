"""What support requests hold of a person: told, and erased. What was written is on the timelines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from django.utils.translation import gettext_lazy as _

from tartib.cases.engine import advance
from tartib.cases.models import Case
from tartib.cases.personal_data import cases_of, ids
from tartib.customers.hooks import Enclosure, Held, Person, row
from tartib.files.operations import discard
from tartib.files.queries import content
from tartib.flow.facts import Event
from tartib.journal.operations import Actor
from tartib.support import SUPPORT
from tartib.support.models import Attachment, Post, Request

WITHDRAWN = "support.withdrawn"


def export(person: Person, *, inner: bool) -> Iterator[Held]:
    """Each request, and the files that were given with it."""
    requests = Request.objects.filter(case__in=cases_of(person)).select_related("case", "about").order_by("pk")
    files = Attachment.objects.filter(post__case__in=cases_of(person)).select_related("upload", "post__case")
    letters = Post.objects.filter(case__in=cases_of(person), letter__isnull=False).select_related("letter", "case")
    yield Held(
        _("Your support requests"),
        [
            row(one.case, "code", "placed_at", "title")
            | {_("status"): one.case.current_status.name, _("about order"): one.about.code if one.about else ""}
            for one in requests
        ],
        [
            Enclosure(f"files/{one.post.case.code}/{one.upload.name}", partial(content, one.upload))
            for one in files.order_by("pk")
        ]
        + [
            Enclosure(f"files/{one.case.code}/letter-{one.seq}.eml", partial(content, one.letter))
            for one in letters.order_by("pk")
            if one.letter
        ],
    )


def erase(person: Person, actor: Actor, *, now: datetime) -> None:
    """Delete what was attached, the e-mails themselves, and by whom they came. What was asked and is open is withdrawn
    by its own move."""
    cases = ids(person)
    asked = Case.objects.filter(pk__in=cases, kind=SUPPORT, closed_at=None)
    if still_open := list(asked.order_by("pk").values_list("pk", flat=True)):
        advance(person.shop, still_open, Event(WITHDRAWN), actor, now=now)
    discard_files(cases)
    Post.objects.filter(case__in=cases).update(sender="", message_id="", quoted="")


def discard_files(case_ids: Sequence[int]) -> None:
    """Delete what was attached to what was written in these cases, and the e-mails it came by."""
    letters = Post.objects.filter(case__in=case_ids, letter__isnull=False).select_related("letter")
    came = [one.letter for one in letters if one.letter]
    Post.objects.filter(case__in=case_ids, letter__isnull=False).update(letter=None)
    discard(*came)
    attached = list(Attachment.objects.filter(post__case__in=case_ids).select_related("upload"))
    Attachment.objects.filter(pk__in=[one.pk for one in attached]).delete()
    discard(*(one.upload for one in attached))
