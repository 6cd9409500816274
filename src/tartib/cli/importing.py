"""`tartib import`: bring a shop's orders or products in from a file."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from tartib.cli.meter import Meter
from tartib.cli.ready import database
from tartib.imports import products as goods
from tartib.imports.goods import reading
from tartib.imports.goods.mapping import GoodsMapping
from tartib.imports.platforms import platforms, table
from tartib.imports.reading.mapping import ColumnMapping, MappingError
from tartib.imports.reading.text import HEAD
from tartib.imports.records import STATES, RowError

AnyMapping = TypeVar("AnyMapping", ColumnMapping, GoodsMapping)
_PRODUCTS = {"shopify": goods.SHOPIFY, "woocommerce": goods.WOOCOMMERCE, "csv": goods.TABLE}

if TYPE_CHECKING:
    from tartib.imports.operations import Choices
    from tartib.shops.models import Shop


@click.group("import")
def command() -> None:
    """Bring data in from other systems."""


def _pairs(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for value in values:
        state, _equals, status = value.partition("=")
        if state not in STATES or not status:
            raise click.BadParameter(f"'{value}' is not STATE=STATUS with a state of {', '.join(STATES)}.")
        found[state] = status
    return found


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)


@command.command("orders")
@click.argument("file", type=_FILE)
@click.option("--from", "platform", type=click.Choice(sorted(platforms())), required=True, help="What wrote FILE.")
@click.option("--shop", "slug", help="The shop, by its part of the address.")
@click.option("--mapping", "mapping_file", type=_FILE, help="For csv: the columns, as TOML or JSON; else guessed.")
@click.option("--show-mapping", is_flag=True, help="For csv: only print the guessed mapping, as TOML.")
@click.option("--store", default="", help="Which of several stores FILE is of, where their numbers are the same.")
@click.option("--status", "statuses", multiple=True, callback=_pairs, metavar="STATE=STATUS", help="Put STATE there.")
@click.option("--dry-run", is_flag=True, help="Read everything and count; change nothing.")
@click.option("--notify", is_flag=True, help="Tell the customers. Without it nobody is told anything.")
@click.option("--take-stock", is_flag=True, help="Take the goods of orders in work from today's stock.")
@click.option("--errors", type=_NEW_FILE, help="Write what was wrong into this CSV file.")
def orders(
    file: Path,
    platform: str,
    slug: str | None,
    mapping_file: Path | None,
    show_mapping: bool,
    store: str,
    statuses: dict[str, str],
    dry_run: bool,
    notify: bool,
    take_stock: bool,
    errors: Path | None,
) -> None:
    """Import the orders of FILE: an export of Shopify or WooCommerce (JSON or CSV), or any table of orders.

    Orders that the shop has already are passed over, so the same file can be imported again. An order that has the
    number of another one here is left out and named: give the file's --store, and both are kept apart. After Ctrl-C or
    a crash the same command goes on where it was.

    Exit code 0: every order is in. 1: some could not be taken (their reasons are in the --errors file), or it was
    stopped. 2: the call makes no sense.
    """
    if platform != "csv" and (mapping_file or show_mapping):
        raise click.UsageError("Mappings are for --from csv; the columns of the other platforms are known.")
    if show_mapping:
        with file.open("rb") as stream:
            click.echo(table.preview(stream)[2].as_toml(), nl=False)
        return
    if not slug:
        raise click.UsageError("Missing option '--shop'.")
    mapping = _mapping(mapping_file, ColumnMapping) if mapping_file else None
    with database():
        from tartib.imports.operations import Choices, Elsewhere

        choices = Choices(platform, mapping, statuses, notify, take_stock, store=store)
        try:
            with _shop(slug) as shop:
                _require(shop, choices)
                counts = (_dry_run if dry_run else _bring)(shop, file, choices, errors)
        except Elsewhere:
            raise click.ClickException("Somebody else is working at this import, or has stopped it.") from None
    if errors:
        click.echo(f"What was wrong is in {errors}.")
    sys.exit(1 if counts["errors"] else 0)


@command.command("products")
@click.argument("file", type=_FILE)
@click.option("--from", "platform", type=click.Choice([*_PRODUCTS]), help="What wrote FILE; else told by its columns.")
@click.option("--shop", "slug", help="The shop, by its part of the address.")
@click.option("--mapping", "mapping_file", type=_FILE, help="For csv: the columns, as TOML or JSON; else guessed.")
@click.option("--show-mapping", is_flag=True, help="For csv: only print the guessed mapping, as TOML.")
@click.option("--update", is_flag=True, help="Change prices and stock of products that are here already.")
@click.option("--dry-run", is_flag=True, help="Read everything and count; change nothing.")
@click.option("--errors", type=_NEW_FILE, help="Write what was wrong into this CSV file.")
def products(
    file: Path,
    platform: str | None,
    slug: str | None,
    mapping_file: Path | None,
    show_mapping: bool,
    update: bool,
    dry_run: bool,
    errors: Path | None,
) -> None:
    """Import the products of FILE: Shopify's or WooCommerce's CSV, or any table of products.

    Products with their variants, prices, stock (as counted at the first branch), categories and photos. A product is
    known by its SKU: those that the shop has already stay as they are, so the same file can be imported again; with
    --update they become what the file says. Photos are fetched afterwards, by the worker. After Ctrl-C or a crash the
    same command goes on where it was.

    Exit code 0: every product is in. 1: some could not be taken (their reasons are in the --errors file), or it was
    stopped. 2: the call makes no sense.
    """
    known = _PRODUCTS[platform] if platform else _guessed(file)
    if known != goods.TABLE and (mapping_file or show_mapping):
        raise click.UsageError("Mappings are for --from csv; the columns of the other platforms are known.")
    if show_mapping:
        with file.open("rb") as stream:
            click.echo(reading.preview(stream)[2].as_toml(), nl=False)
        return
    if not slug:
        raise click.UsageError("Missing option '--shop'.")
    mapping = _mapping(mapping_file, GoodsMapping) if mapping_file else None
    with database():
        from tartib.imports.operations import Choices, Elsewhere

        try:
            with _shop(slug) as shop:
                counts = (_dry_run if dry_run else _bring)(shop, file, Choices(known, mapping, update=update), errors)
        except Elsewhere:
            raise click.ClickException("Somebody else is working at this import, or has stopped it.") from None
    if errors:
        click.echo(f"What was wrong is in {errors}.")
    sys.exit(1 if counts["errors"] else 0)


def _guessed(file: Path) -> str:
    with file.open("rb") as stream:
        return reading.detect(stream.read(HEAD)) or goods.TABLE


def _mapping(file: Path, kind: type[AnyMapping]) -> AnyMapping:
    try:
        return kind.read(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise click.UsageError(f"{file} is not UTF-8 text.") from None
    except MappingError as error:
        problems = "\n".join(f"  {problem.place}: {problem.text}" for problem in error.problems)
        raise click.UsageError(f"{file} is no mapping of columns:\n{problems}") from None


@contextmanager
def _shop(slug: str) -> Iterator[Shop]:
    """The shop, and its scope."""
    from tartib.shops.models import Shop
    from tartib.shops.scope import scope, shop_of

    shop_id = shop_of("slug", slug)
    if shop_id is None:
        raise click.UsageError(f"There is no shop '{slug}'.")
    with scope(shop_id):
        yield Shop.objects.get(pk=shop_id)


def _require(shop: Shop, choices: Choices) -> None:
    """Refuse a shop that can take no orders, and statuses that it does not have."""
    from tartib.imports.loading import flow_of
    from tartib.orders.placing import NoWorkflow

    try:
        flow = flow_of(shop)
    except NoWorkflow:
        raise click.UsageError(f"The shop '{shop.slug}' has no workflow, or nobody to be responsible, yet.") from None
    for status in choices.statuses.values():
        if status not in flow.statuses:
            raise click.UsageError(f"The shop has no status '{status}', only {', '.join(flow.statuses)}.")


def _dry_run(shop: Shop, file: Path, choices: Choices, errors: Path | None) -> Mapping[str, int]:
    from django.utils import timezone

    from tartib.imports import operations

    counts, reached = Counter[str](), Counter[str]()
    meter = Meter(file.stat().st_size)
    whole: list[RowError] = []

    def problems() -> Iterator[RowError]:
        with file.open("rb") as stream:
            for tally, done in operations.reckon(shop, stream, choices, clock=timezone.now):
                counts.update(tally.counts())
                reached.update(tally.reached)
                meter.show(counts["read"], done)
                yield from _noting(tally.problems, whole)

    _write(problems(), errors)
    meter.end()
    click.echo("Dry run: nothing was changed.")
    _tell(choices, counts, reached, "would be new")
    _say(whole)
    return counts


def _bring(shop: Shop, file: Path, choices: Choices, errors: Path | None) -> Mapping[str, int]:
    from django.utils import timezone

    from tartib.imports import operations, queries

    # Thousands of rows come and go, and none of them in a cycle: looking for cycles as often as usual takes a tenth of
    # the time.
    gc.set_threshold(50_000, 20, 100)
    batch = operations.bring(shop, file, choices, now=timezone.now())
    if batch.position:
        click.echo(f"Going on where it was, after {batch.read:,} of them.", err=True)
    meter = Meter(batch.size)
    stopped = False
    try:
        with file.open("rb") as stream:
            for _portion in operations.work(batch, stream, clock=timezone.now):
                meter.show(batch.read, batch.bytes_read)
    except KeyboardInterrupt:
        operations.stop(batch)
        stopped = True
    meter.end()
    whole: list[RowError] = []
    _write(_noting(queries.problems(batch), whole), errors)
    counts = {name: int(getattr(batch, name)) for name in ("read", "placed", "present", "warnings", "errors")}
    _tell(choices, counts, batch.reached, "new")
    _say(whole)
    if stopped:
        raise click.ClickException("Stopped. The same command goes on from here.")
    return counts


def _write(problems: Iterable[RowError], to: Path | None) -> None:
    """Write the errors file; without one, only go through the problems."""
    from tartib.imports.reports import report

    if to is None:
        for _problem in problems:
            pass
        return
    with to.open("w", encoding="utf-8", newline="") as out:
        out.writelines(report(problems))


def _noting(problems: Iterable[RowError], whole: list[RowError]) -> Iterator[RowError]:
    """The same problems; those of the file as a whole are noted."""
    for problem in problems:
        if problem.of_file:
            whole.append(problem)
        elif problem.code == "other-here" and all(one.code != problem.code for one in whole):
            # The first says what is the matter with the others, too.
            whole.append(problem)
        yield problem


def _say(whole: Iterable[RowError]) -> None:
    """What is to be known of the file as a whole: a sentence each."""
    for problem in whole:
        click.echo(problem.text, err=True)
        if problem.code == "other-here":
            click.echo("Name the store with --store. Every order like this one is in the --errors file.", err=True)
        if problem.code.endswith("-column"):
            way_out = "Write the mapping down with --show-mapping, name the column in it, and give it as --mapping."
            click.echo(way_out, err=True)


def _tell(choices: Choices, counts: Mapping[str, int], reached: Mapping[str, int], new: str) -> None:
    things = "Products" if goods.of_products(choices.platform) else "Orders"
    click.echo(
        f"{things} read: {counts['read']:,}; {new}: {counts['placed']:,}; already here: {counts['present']:,}; "
        f"rows left out: {counts['errors']:,}; warnings: {counts['warnings']:,}."
    )
    for status, number in sorted(reached.items(), key=lambda item: -item[1]):
        click.echo(f"  {number:>9,}  {status}")
