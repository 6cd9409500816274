"""Asking, answering, and what staff note among themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from uuid import uuid4

from django.db import transaction
from django.db.models import F

from tartib.cases.engine import advance, announce
from tartib.cases.hooks import AS_USUAL, Context, NotifyOptions
from tartib.cases.models import Case, PaymentState, WorkflowVersion
from tartib.cases.operations import NewCase, lock_case, open_cases, tell_opened
from tartib.cases.queries import current_workflow
from tartib.cases.timeline import NOTE
from tartib.cases.workflows import publish
from tartib.customers.operations import CustomerDraft, find_or_add
from tartib.files.models import Purpose, Upload
from tartib.files.operations import Empty, Program, TooLarge, Unfit, discard, keep_file
from tartib.flow.facts import Event
from tartib.flow.presets import preset
from tartib.journal.kinds import CREATED
from tartib.journal.models import ActorKind, Chain
from tartib.journal.operations import Actor, NewEntry, write
from tartib.l10n import normal
from tartib.notify import replies
from tartib.shops.models import Shop
from tartib.shops.operations import responsible
from tartib.support import SUPPORT
from tartib.support.hooks import ANSWERED, FIRST, WRITTEN, marked
from tartib.support.models import Attachment, Post, Request, Way

LONGEST_WORDS = 10_000
LONGEST_SUBJECT = 150
MOST_FILES = 5
MOST_MAILED = 30


class NobodyThere(Exception):
    """The shop has nobody who could be responsible for a request."""


@dataclass(frozen=True, slots=True)
class Given:
    """A file as it was given: its content and the name it came with.

    `inline`: it stood in a letter's text, as the pictures of signatures do; the same again is not kept again.
    """

    content: IO[bytes]
    name: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote, with files and, where it came by e-mail, that e-mail's own id and foreign sender.

    `lenient`: files that cannot be kept are left out, and said to be, instead of refusing all. `letter`, `quoted` and
    `whole` are what `models.Post` says of an e-mail.
    """

    words: str
    files: Sequence[Given] = ()
    way: str = Way.WEB
    sender: str = ""
    message_id: str = ""
    lenient: bool = False
    letter: Upload | None = None
    quoted: str = ""
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """Where something was written, and the files that could not be kept: the name of each, and why (`WHY_LEFT`)."""

    case: Case
    left: Sequence[tuple[str, str]] = ()


_WHY: dict[type[Unfit], str] = {Empty: "empty", TooLarge: "large", Program: "program"}


@dataclass(frozen=True, slots=True)
class _Kept:
    """The files that were kept, and the names of those that could not be, with why."""

    uploads: Sequence[Upload] = ()
    left: Sequence[tuple[str, str]] = ()


def ask(
    shop: Shop,
    written: Written,
    *,
    now: datetime,
    subject: str = "",
    customer: CustomerDraft | None = None,
    about: Case | None = None,
    language: str = "",
    notify_options: NotifyOptions = AS_USUAL,
) -> Case:
    """Open a support request; the customer is told that it came in, as the workflow says, and so is the shop.

    It is the question of `customer` or, without one, of the customer of the order it is `about`. Responsible is who is
    responsible for that order, else who is so by default; raises `NobodyThere` where there is neither. Raises
    `files.operations.Unfit` for a file that cannot be kept: then nothing was asked.
    """
    return _ask(shop, written, now, subject, customer, about, language, notify_options).case


def _ask(
    shop: Shop,
    written: Written,
    now: datetime,
    subject: str,
    customer: CustomerDraft | None,
    about: Case | None,
    language: str,
    notify_options: NotifyOptions,
) -> Said:
    kept = _keep(shop, written, now)
    with transaction.atomic():
        version = current_workflow(shop, SUPPORT) or publish(shop, preset("support"), now)
        person = find_or_add(shop, [customer], now)[0] if customer else about.customer_id if about else None
        if person is None:
            raise NobodyThere
        given = customer or CustomerDraft()
        if about is not None and about.customer is not None and customer is None:
            given = CustomerDraft(about.customer.name, about.customer.email, about.customer.phone)
        who = Actor(ActorKind.CUSTOMER, written.sender or given.name or given.email or given.phone)
        new = _new(shop, version, written, kept, subject, given, person, about, language, now, who)
        branch = about.branch if about else shop.branches.order_by("pk")[0]
        (opened,) = open_cases(shop, branch, [new], who, now=now)
        Request.objects.create(case_id=opened.id, shop=shop, about=about)
        _post(shop.pk, opened.id, FIRST, written, kept)
        tell_opened(shop, branch, [opened], [new], who, notify_options, now=now)
        if about is not None:
            announce(shop, [about.pk])
    return Said(Case.objects.select_related("shop", "customer").get(pk=opened.id), kept.left)


def say(case: Case, written: Written, *, now: datetime) -> Said | None:
    """Add what the customer writes to a request, and tell the shop; an answered or settled one is open again.

    None where this very e-mail is in the request already. Raises `Unfit` as `ask` does.
    """
    kept = _keep(case.shop, written, now, case)
    with transaction.atomic():
        held = lock_case(case.shop, case.pk)
        if written.message_id and Post.objects.filter(case=held, message_id=written.message_id).exists():
            return None
        person = held.customer
        who = Actor(ActorKind.CUSTOMER, str(person) if person and not written.sender else written.sender)
        context = Context(case.shop, who, now, uuid4())
        _write(held, {"text": written.words, "by": "customer"}, written, kept, context, shown=True)
        _advance(held, WRITTEN, who, now)
        replies.send_reply(held.pk, marked(written.words, written.sender, case.shop.language), context, to_shop=True)
    return Said(held, kept.left)


@transaction.atomic
def join(about: Case, written: Written, subject: str, *, now: datetime) -> Said | None:
    """Add what a customer wrote about an order to its newest request, or open one; None as `say` says."""
    # Two e-mails at once would otherwise open two.
    lock_case(about.shop, about.pk)
    newest = Request.objects.filter(about=about).select_related("case__shop").order_by("-case_id").first()
    if newest is not None:
        return say(newest.case, written, now=now)
    return _ask(about.shop, written, now, subject, None, about, "", AS_USUAL)


def answer(case: Case, written: Written, actor: Actor, *, now: datetime) -> None:
    """Answer the customer: on the page of the request, and with the very words by e-mail."""
    kept = _keep(case.shop, written, now)
    with transaction.atomic():
        held = lock_case(case.shop, case.pk)
        context = Context(case.shop, actor, now, uuid4())
        _write(held, {"text": written.words}, written, kept, context, shown=True)
        _advance(held, ANSWERED, actor, now)
        replies.send_reply(held.pk, written.words, context, to_shop=False)


@transaction.atomic
def note(case: Case, words: str, actor: Actor, *, now: datetime) -> None:
    """Write down something for the team alone."""
    held = lock_case(case.shop, case.pk)
    context = Context(case.shop, actor, now, uuid4())
    _write(held, {"text": words}, Written(words, way=Way.DESK), _Kept(), context, shown=False)


def _new(
    shop: Shop,
    version: WorkflowVersion,
    written: Written,
    kept: _Kept,
    subject: str,
    person: CustomerDraft,
    customer_id: int,
    about: Case | None,
    language: str,
    now: datetime,
    who: Actor,
) -> NewCase:
    title = " ".join((subject or written.words).split())[:LONGEST_SUBJECT]
    start = str(version.definition["start"])
    asked = {"text": written.words, "by": "customer"} | _proof(kept)
    history = (
        NewEntry(0, CREATED, {"status": start}, True, now, who),
        NewEntry(0, NOTE, asked, True, now, who),
    )
    code = about.code if about else ""
    return NewCase(
        kind=SUPPORT,
        workflow_id=version.pk,
        status=start,
        placed_at=now,
        since=now,
        customer_id=customer_id,
        owner_id=_owner(shop, about),
        language=language or (about.language if about else "") or person.language or shop.language,
        title=title,
        amount=None,
        currency="",
        payment=PaymentState.UNPAID,
        channel=written.way,
        search=normal.search_text(title, person.name, person.email, person.phone, code),
        history=history,
    )


def _owner(shop: Shop, about: Case | None) -> int:
    """Who is responsible: as for the order, if that person still works there."""
    theirs = Case.objects.filter(pk=about.pk).values_list("owner", flat=True) if about is not None else ()
    found = responsible(shop, *theirs)
    if found is None:
        raise NobodyThere
    return found


def _keep(shop: Shop, written: Written, now: datetime, case: Case | None = None) -> _Kept:
    """Keep the files, before anything is locked: making pictures anew takes its time."""
    uploads: list[Upload] = []
    left: list[tuple[str, str]] = []
    for given in written.files:
        name = " ".join(given.name.split())[:120]
        if len(uploads) == (MOST_MAILED if written.lenient else MOST_FILES):
            if not written.lenient:
                raise TooLarge
            left.append((name, "many"))
            continue
        try:
            upload = keep_file(shop, given.content, Purpose.ATTACHMENT, now=now, name=given.name)
        except Unfit as unfit:
            if not written.lenient:
                raise
            left.append((name, _WHY[type(unfit)]))
            continue
        if given.inline and case and Attachment.objects.filter(post__case=case, upload__sha256=upload.sha256).exists():
            discard(upload)
        else:
            uploads.append(upload)
    return _Kept(uploads, left)


def _proof(kept: _Kept) -> dict[str, object]:
    """What the timeline proves of attached files: names and digests of those kept, names of those that were not."""
    proof: dict[str, object] = {}
    if kept.uploads:
        proof["files"] = [[upload.name, upload.sha256] for upload in kept.uploads]
    if kept.left:
        proof["left"] = [list(one) for one in kept.left]
    return proof


def _write(
    held: Case,
    data: dict[str, object],
    written: Written,
    kept: _Kept,
    context: Context,
    *,
    shown: bool,
) -> None:
    drafts = [NewEntry(held.pk, NOTE, data | _proof(kept), shown)]
    write(held.shop_id, drafts, context.actor, context.now, context.act_id)
    _post(held.shop_id, held.pk, Chain.objects.values_list("length", flat=True).get(case_id=held.pk), written, kept)
    Case.objects.filter(pk=held.pk).update(updated_at=context.now, version=F("version") + 1)
    announce(held.shop, [held.pk])


def _post(shop_id: int, case_id: int, seq: int, written: Written, kept: _Kept) -> None:
    post = Post.objects.create(
        shop_id=shop_id, case_id=case_id, seq=seq, way=written.way, sender=written.sender,
        message_id=written.message_id, letter=written.letter, quoted=written.quoted, whole=written.whole,
    )  # fmt: skip
    Attachment.objects.bulk_create(Attachment(shop_id=shop_id, post=post, upload=upload) for upload in kept.uploads)


def _advance(held: Case, event: str, actor: Actor, now: datetime) -> None:
    """Let the event move the request, where its workflow has something follow from it."""
    if any(move.event == event for move in held.flow.moves_from(held.status)):
        advance(held.shop, [held.pk], Event(event), actor, now=now)
