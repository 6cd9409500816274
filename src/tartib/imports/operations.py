"""What is done with imports: keeping an uploaded file, checking it, bringing its orders in, stopping and going on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final
from zoneinfo import ZoneInfo

from django.db import OperationalError, transaction

from tartib.imports.ahead import ahead
from tartib.imports.enqueue import begin
from tartib.imports.goods import loading as goods
from tartib.imports.goods import reading
from tartib.imports.goods.mapping import GoodsMapping
from tartib.imports.loading import PORTION, Loader, Portion, Tally, portions
from tartib.imports.models import STORE, Chunk, Import, Problems, SavedMapping, State
from tartib.imports.platforms import Options, platforms
from tartib.imports.products import of_products
from tartib.imports.reading.mapping import ColumnMapping
from tartib.imports.reading.text import Source
from tartib.imports.records import RowError
from tartib.imports.streams import Counting, KeptFile
from tartib.journal.models import ActorKind
from tartib.journal.operations import SYSTEM, Actor
from tartib.shops.models import Membership, Shop

LARGEST: Final = 200 * 1024 * 1024
_CHUNK: Final = 1024 * 1024
# A file whose orders were never brought in is forgotten after this time.
_KEPT: Final = timedelta(days=30)
_BEFORE: Final = (State.UPLOADED, State.CHECKED, State.FAILED)
Clock = Callable[[], datetime]
AnyLoader = Loader | goods.GoodsLoader


@dataclass(frozen=True, slots=True)
class Choices:
    """How a file is read, and what becomes of what is in it.

    Of orders, `statuses` are those that shall not be as usual, and `store` says which of several stores they are of. Of
    products, `update` changes those that are here.
    """

    platform: str
    mapping: ColumnMapping | GoodsMapping | None = None
    statuses: Mapping[str, str] = field(default_factory=dict)
    notify: bool = False
    take_stock: bool = False
    update: bool = False
    store: str = ""

    def as_fields(self) -> dict[str, object]:
        """As `Import` keeps them."""
        return {
            "platform": self.platform,
            "mapping": self.mapping.as_data() if self.mapping else None,
            "statuses": dict(self.statuses),
            "notify": self.notify,
            "take_stock": self.take_stock,
            "update": self.update,
            "store": self.store.strip()[:STORE],
        }


class TooLarge(Exception):
    """A file larger than `LARGEST` bytes."""


class Elsewhere(Exception):
    """Somebody else has advanced, stopped or changed the import meanwhile; what this one was doing is taken back."""


@transaction.atomic
def keep(member: Membership, file: IO[bytes], filename: str, platform: str, *, now: datetime) -> Import:
    """Keep an uploaded file for the worker, which may run on another machine. Raises `TooLarge`."""
    batch = Import.objects.create(
        shop=member.shop, member=member, platform=platform, filename=filename[:200], size=0, digest="", created_at=now
    )
    digest, size = hashlib.sha256(), 0
    for number, piece in enumerate(iter(lambda: file.read(_CHUNK), b"")):
        size += len(piece)
        if size > LARGEST:
            raise TooLarge
        digest.update(piece)
        Chunk.objects.create(shop_id=batch.shop_id, batch=batch, number=number, data=piece)
    batch.size, batch.digest = size, digest.hexdigest()
    batch.save(update_fields=["size", "digest"])
    return batch


def choose(batch: Import, choices: Choices) -> None:
    """Say how a file is to be read and what its orders become; a dry run made before says nothing any more."""
    changed = Import.objects.filter(pk=batch.pk, state__in=_BEFORE, started_at=None).update(
        **choices.as_fields(), state=State.UPLOADED, checked=None
    )
    if not changed:
        raise Elsewhere


def bring(shop: Shop, file: Path, choices: Choices, *, now: datetime) -> Import:
    """An import, running, of a file that stays where it is; one of the same file and choices that did not end goes on.

    Its bytes are then given to `work` as a stream.
    """
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    wanted = {"shop": shop, "member": None, "digest": digest, **choices.as_fields()}
    # A JSON field compared with None would be compared with JSON's null, which no row holds.
    same = {name: value for name, value in wanted.items() if name != "mapping"}
    same |= {"mapping": wanted["mapping"]} if choices.mapping else {"mapping__isnull": True}
    begun = (
        Import.objects.filter(state__in=(State.RUNNING, State.STOPPED, State.FAILED), **same)
        .exclude(started_at=None)
        .order_by("-created_at")
        .first()
    )
    if begun is None:
        return Import.objects.create(
            **wanted, filename=file.name[:200], size=file.stat().st_size, state=State.RUNNING,
            created_at=now, started_at=now,
        )  # fmt: skip
    if begun.state != State.RUNNING:
        _turn(begun, (State.STOPPED, State.FAILED), State.RUNNING)
    return begun


def reckon(shop: Shop, stream: Source, choices: Choices, *, clock: Clock) -> Iterator[tuple[Tally, int]]:
    """A dry run that writes nothing at all: what would become of each portion, and the bytes read so far."""
    counting = Counting(stream)
    loader = _loader(shop, SYSTEM, replace(choices, notify=False), clock)
    mapping = choices.mapping.as_data() if choices.mapping else None
    size = goods.PORTION if of_products(choices.platform) else PORTION
    for portion in portions(_items(shop, choices.platform, mapping, counting), size):
        ready: Portion[Any] = loader.drafted(portion)
        yield loader.reckon(ready), counting.read_bytes


def save_mapping(
    shop: Shop, name: str, mapping: ColumnMapping | GoodsMapping, statuses: Mapping[str, str]
) -> SavedMapping:
    """Keep a way of reading files under a name; one for the same kind of file and name is replaced."""
    saved, _created = SavedMapping.objects.update_or_create(
        shop=shop, of_products=isinstance(mapping, GoodsMapping), name=name,
        defaults={"mapping": mapping.as_data(), "statuses": dict(statuses)},
    )  # fmt: skip
    return saved


@transaction.atomic
def check(batch: Import, choices: Choices, name: str = "") -> None:
    """Have a file tried out as was chosen; how it is read is kept under a name, if one is given."""
    choose(batch, choices)
    if name and choices.mapping:
        save_mapping(batch.shop, name, choices.mapping, choices.statuses)
    start_check(batch)
    begin(batch)


@transaction.atomic
def go_on(batch: Import, *, now: datetime) -> None:
    """Have what is in a file brought in, or go on with it; after a dry run that failed, try it out again."""
    if batch.state == State.FAILED and batch.started_at is None:
        start_check(batch)
    else:
        start(batch, now=now)
    begin(batch)


@transaction.atomic
def start_check(batch: Import) -> None:
    """Ask for a dry run."""
    if batch.started_at is not None:
        raise Elsewhere
    _turn(batch, _BEFORE, State.CHECKING)
    _forget_counts(batch)


@transaction.atomic
def start(batch: Import, *, now: datetime) -> None:
    """Ask for the orders to be brought in, from the beginning or, after a stop, from where it stood."""
    if batch.started_at is None:
        _turn(batch, _BEFORE, State.RUNNING)
        _forget_counts(batch)
        Import.objects.filter(pk=batch.pk).update(started_at=now)
    else:
        _turn(batch, (State.STOPPED, State.FAILED), State.RUNNING)
    batch.refresh_from_db()


def stop(batch: Import) -> None:
    """Stop after the portion in hand. What is in stays in; a dry run begins anew."""
    if batch.state == State.CHECKING:
        _turn(batch, (State.CHECKING,), State.UPLOADED)
    else:
        _turn(batch, (State.RUNNING,), State.STOPPED)


@transaction.atomic
def remove(batch: Import) -> None:
    """Forget an import of which no order is in."""
    if not Import.objects.filter(pk=batch.pk, state__in=_BEFORE, started_at=None).exists():
        raise Elsewhere
    batch.delete()


def work(batch: Import, stream: Source | None, *, clock: Clock) -> Iterator[Import]:
    """Carry on with an import that is being checked or running, and give it after each portion, saved.

    Without `stream` the kept file is read. Orders, position and counts are written in one transaction, so that whoever
    is killed here, and goes on, leaves nothing out and does nothing twice. Raises `Elsewhere` when somebody stopped the
    import or works at it too. Any other failure is raised after the import is marked as failed, but for a database
    that is away: that passes.
    """
    counting = Counting(stream or KeptFile(batch))
    try:
        choices = Choices(
            batch.platform, None, batch.statuses, batch.notify, batch.take_stock, batch.update, batch.store
        )  # fmt: skip
        loader = _loader(batch.shop, _actor(batch), choices, clock)
        ready = _ready(batch, loader, counting)
        since = clock()
        # A kept file is read from the database, through this thread's connection.
        for portion, read_bytes in ahead(ready) if stream else ready:
            # The writing of a portion is counted with the reading of the next.
            now = clock()
            _advance(batch, loader, portion, read_bytes, now - since)
            since = now
            yield batch
        now = clock()
        _finish(batch, now - since, now)
        yield batch
    except (Elsewhere, OperationalError):
        raise
    except Exception:
        Import.objects.filter(pk=batch.pk, state__in=(State.CHECKING, State.RUNNING)).update(state=State.FAILED)
        raise


def _loader(shop: Shop, actor: Actor, choices: Choices, clock: Clock) -> AnyLoader:
    if of_products(choices.platform):
        return goods.GoodsLoader(shop, actor, update=choices.update, clock=clock)
    return Loader(
        shop, actor, given=choices.statuses, notify=choices.notify, take_stock=choices.take_stock,
        store=choices.store, clock=clock,
    )  # fmt: skip


def _items(shop: Shop, platform: str, mapping: Mapping[str, object] | None, stream: Source) -> Iterator[Any]:
    """The records of a file, and what is wrong with rows."""
    if of_products(platform):
        return reading.read_goods(stream, platform, GoodsMapping.from_data(mapping) if mapping else None)
    return platforms()[platform].read(stream, options(shop, mapping))


def _ready(batch: Import, loader: AnyLoader, stream: Counting) -> Iterator[tuple[Portion[Any], int]]:
    """What is left of the file in portions, each made ready as far as that needs no database, and the bytes read."""
    items = _items(batch.shop, batch.platform, batch.mapping, stream)
    left = portions(islice(items, batch.position, None), goods.PORTION if batch.of_products else PORTION)
    return ((loader.drafted(portion), stream.read_bytes) for portion in left)


def options(shop: Shop, mapping: Mapping[str, object] | None) -> Options:
    """What a file does not say, said by the shop."""
    return Options(
        zone=ZoneInfo(shop.timezone),
        currency=shop.currency,
        country=shop.country,
        mapping=ColumnMapping.from_data(mapping) if mapping else None,
    )


@transaction.atomic
def _advance(batch: Import, loader: AnyLoader, portion: Portion[Any], read_bytes: int, spent: timedelta) -> None:
    """One portion and the new position together, or neither."""
    held = Import.objects.select_for_update().filter(pk=batch.pk).first()
    if held is None or not held.at_work or (held.position, held.state) != (batch.position, batch.state):
        raise Elsewhere
    tally = loader.reckon(portion) if batch.state == State.CHECKING else loader.load(portion)
    if tally.problems:
        items = [_as_item(problem) for problem in tally.problems]
        Problems.objects.create(shop_id=batch.shop_id, batch=batch, items=items)
    batch.position += portion.size
    batch.bytes_read = read_bytes
    batch.spent = (batch.spent or timedelta()) + spent
    _count(batch, tally)
    batch.save(
        update_fields=["position", "bytes_read", "spent", "read", "placed", "present", "warnings", "errors", "reached"]
    )


def _count(batch: Import, tally: Tally) -> None:
    for name, number in tally.counts().items():
        setattr(batch, name, getattr(batch, name) + number)
    for status, number in tally.reached.items():
        batch.reached[status] = batch.reached.get(status, 0) + number


@transaction.atomic
def _finish(batch: Import, spent: timedelta, now: datetime) -> None:
    Import.objects.filter(pk=batch.pk).update(spent=(batch.spent or timedelta()) + spent)
    if batch.state == State.CHECKING:
        counts = {name: getattr(batch, name) for name in ("read", "placed", "present", "warnings", "errors", "reached")}
        Import.objects.filter(pk=batch.pk).update(checked=counts)
        _turn(batch, (State.CHECKING,), State.CHECKED)
        Import.objects.filter(pk=batch.pk).update(position=0)
    else:
        _turn(batch, (State.RUNNING,), State.FINISHED)
        Import.objects.filter(pk=batch.pk).update(finished_at=now, bytes_read=batch.size)
        Chunk.objects.filter(batch=batch).delete()
    batch.refresh_from_db()


def forget_files(now: datetime) -> int:
    """Delete kept files that nobody has brought in for a long time; returns of how many imports."""
    old = Import.objects.filter(created_at__lt=now - _KEPT).exclude(state__in=(State.CHECKING, State.RUNNING))
    chunks = Chunk.objects.filter(batch__in=old)
    count = chunks.values("batch").distinct().count()
    chunks.delete()
    return count


def _turn(batch: Import, before: tuple[State, ...], after: State) -> None:
    """Change the state if it is still one of `before`; otherwise raise `Elsewhere`."""
    if not Import.objects.filter(pk=batch.pk, state__in=before).update(state=after):
        raise Elsewhere
    batch.state = after


def _forget_counts(batch: Import) -> None:
    Problems.objects.filter(batch=batch).delete()
    Import.objects.filter(pk=batch.pk).update(
        position=0, bytes_read=0, read=0, placed=0, present=0, warnings=0, errors=0, reached={}, spent=None
    )
    batch.refresh_from_db()


def _actor(batch: Import) -> Actor:
    if batch.member is None:
        return Actor(ActorKind.SYSTEM, "tartib import")
    return Actor("staff", batch.member.user.name, batch.member.user_id, batch.member.role)


def _as_item(problem: RowError) -> list[object]:
    return [problem.row, problem.code, problem.column, dict(problem.params), problem.level]
