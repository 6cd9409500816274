"""Reads of support requests: one with all that was written in it, those about an order, how many wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tartib.cases.models import Case, Phase
from tartib.cases.timeline import NOTE
from tartib.files.models import Upload
from tartib.journal.models import Entry
from tartib.shops.models import Membership, Shop
from tartib.support import SUPPORT
from tartib.support.models import Attachment, Post, Request, Way

WAITING_FOR_US = (Phase.WAITING, Phase.WORKING, Phase.PROBLEM)

NOT_READ = _("E-mail that could not be read")
WHY_LEFT: dict[str, str | Promise] = {
    "empty": _("it is empty"),
    "large": _("it is larger than 15 MB"),
    "program": _("it is a program"),
    "many": _("there are too many files"),
}


@dataclass(frozen=True, slots=True)
class Left:
    """A file that could not be kept, and why."""

    name: str
    why: str | Promise


@dataclass(frozen=True, slots=True)
class Words:
    """Something that was written, by whom and by what way, with what was attached; `left` could not be kept.

    Of an e-mail, `quoted` is what stood below; it can be opened as it came where `has_letter`, and is not `whole` where
    that holds more than is shown here.
    """

    seq: int
    at: datetime
    who: str
    by: str
    text: str
    way: str = ""
    sender: str = ""
    files: Sequence[Upload] = field(default_factory=tuple)
    left: Sequence[Left] = field(default_factory=tuple)
    quoted: str = ""
    has_letter: bool = False
    whole: bool = True

    @property
    def by_mail(self) -> bool:
        """Whether it came by e-mail."""
        return self.way == Way.MAIL


def thread(case: Case, *, shown_only: bool = False) -> list[Words]:
    """Everything written in a request, oldest first; what the customer may see when `shown_only`. Three queries."""
    entries = Entry.objects.filter(case_id=case.pk, kind=NOTE).order_by("seq")
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


def letter(case: Case, seq: int) -> Upload | None:
    """The e-mail, as it came, that is entry `seq` of the request's timeline; None where that was none."""
    post = Post.objects.filter(case=case, seq=seq, letter__isnull=False).select_related("letter").first()
    return post.letter if post else None


def left_out(left: Sequence[tuple[str, str]]) -> list[Left]:
    """The files that could not be kept, from what the timeline says of them."""
    return [Left(name, WHY_LEFT[why]) for name, why in left]


def request_of(case: Case) -> Request:
    """The request of a support case, with the order it is about."""
    return Request.objects.select_related("about__customer").get(case=case)


def about(case: Case) -> list[Case]:
    """The requests about an order, newest first."""
    requests = Request.objects.filter(about=case).select_related("case").order_by("-case_id")
    return [request.case for request in requests]


def waiting(shop: Shop, member: Membership | None = None) -> int:
    """How many requests wait for the shop, or for one of its staff."""
    found = Case.objects.filter(shop=shop, kind=SUPPORT, phase__in=WAITING_FOR_US)
    return (found.filter(owner=member) if member else found).count()


def _words(entry: Entry, post: Post | None, files: Sequence[Upload]) -> Words:
    by = "customer" if entry.data.get("by") == "customer" else "staff" if entry.shown else "note"
    words = Words(
        entry.seq, entry.at, entry.actor_name, by, str(entry.data.get("text", "")), files=files,
        left=left_out(entry.data.get("left", [])),
    )  # fmt: skip
    if post is None:
        return words
    return replace(words, way=post.way, sender=post.sender, quoted=post.quoted, whole=post.whole,
                   has_letter=post.letter_id is not None)  # fmt: skip
