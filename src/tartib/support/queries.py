"""Reads of support requests: one with all that was written in it, those about an order, how many wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tartib.cases.models import Case, CaseKind, Phase
from tartib.files.models import Upload
from tartib.journal.models import Entry, Kind
from tartib.shops.models import Membership, Shop
from tartib.support.models import Attachment, Post, Request, Way

WAITING_FOR_US = (Phase.WAITING, Phase.WORKING, Phase.PROBLEM)


@dataclass(frozen=True, slots=True)
class Words:
    """Something that was written, by whom and by what way, with what was attached; `left` could not be kept."""

    seq: int
    at: datetime
    who: str
    by: str
    text: str
    way: str = ""
    sender: str = ""
    files: Sequence[Upload] = field(default_factory=tuple)
    left: Sequence[str] = field(default_factory=tuple)

    @property
    def by_mail(self) -> bool:
        """Whether it came by e-mail."""
        return self.way == Way.MAIL


def thread(case: Case, *, shown_only: bool = False) -> list[Words]:
    """Everything written in a request, oldest first; what the customer may see when `shown_only`. Three queries."""
    entries = Entry.objects.filter(case_id=case.pk, kind=Kind.NOTE).order_by("seq")
    if shown_only:
        entries = entries.filter(shown=True)
    posts = {post.seq: post for post in Post.objects.filter(case=case)}
    files: dict[int, list[Upload]] = {}
    for attachment in Attachment.objects.filter(post__case=case).select_related("upload", "post").order_by("pk"):
        files.setdefault(attachment.post.seq, []).append(attachment.upload)
    return [_words(entry, posts.get(entry.seq), files.get(entry.seq, ())) for entry in entries]


def attachment(case: Case, token: str, *, shown_only: bool = False) -> Upload | None:
    """The file of that name, if it is attached to something written in the request."""
    found = Attachment.objects.filter(post__case=case, upload__token=token).select_related("upload", "post").first()
    if found is None:
        return None
    if shown_only and not Entry.objects.filter(case_id=case.pk, seq=found.post.seq, shown=True).exists():
        return None
    return found.upload


def request_of(case: Case) -> Request:
    """The request of a support case, with the order it is about."""
    return Request.objects.select_related("about__customer").get(case=case)


def about(case: Case) -> list[Case]:
    """The requests about an order, newest first."""
    requests = Request.objects.filter(about=case).select_related("case").order_by("-case_id")
    return [request.case for request in requests]


def waiting(shop: Shop, member: Membership | None = None) -> int:
    """How many requests wait for the shop, or for one of its staff."""
    found = Case.objects.filter(shop=shop, kind=CaseKind.SUPPORT, phase__in=WAITING_FOR_US)
    return (found.filter(owner=member) if member else found).count()


def _words(entry: Entry, post: Post | None, files: Sequence[Upload]) -> Words:
    by = "customer" if entry.data.get("by") == "customer" else "staff" if entry.shown else "note"
    way, sender = (post.way, post.sender) if post else ("", "")
    text, left = str(entry.data.get("text", "")), entry.data.get("left", [])
    return Words(entry.seq, entry.at, entry.actor_name, by, text, way, sender, files, left)
