"""`tartib verify`: prove that no timeline was altered (requirement X3)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tartib.cli.ready import database

if TYPE_CHECKING:
    from tartib.journal.faults import Fault
    from tartib.shops.models import Shop


@click.command("verify")
@click.option("--shop", "slug", help="Check only the shop with this address.")
@click.option("--against", "anchors", multiple=True, type=click.Path(exists=True, path_type=Path),
              help="Compare with anchors too: a file, a saved letter, or a folder. May be given again.")  # fmt: skip
@click.option("--key", "keys", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Believe only anchors signed by this public key (PEM). May be given again.")  # fmt: skip
def command(slug: str | None, anchors: tuple[Path, ...], keys: tuple[Path, ...]) -> None:
    """Read every timeline again and name each entry or case that was altered, removed or cut off.

    Statuses, amounts and stock are compared with what timelines and movements tell. With --against, what is there is
    compared with signed anchors, those in the data folder included: a timeline that was made anew as a whole is found
    only so.

    Exit code 0: everything is as it was written. 1: something is not; each fault is printed on a line of its own.
    """
    with database():
        from tartib.shops.models import Shop
        from tartib.shops.scope import at_hand, every_shop, in_each, shop_of

        wanted = every_shop() if slug is None else [shop_of("slug", slug)]
        if None in wanted:
            raise click.UsageError(f"There is no shop '{slug}'.")
        shops = sorted(
            in_each(filter(None, wanted), lambda: Shop.objects.get(pk=at_hand())), key=lambda shop: shop.slug
        )
        faults = 0
        for fault in _faults(shops, anchors, keys, every=slug is None):
            faults += 1
            click.echo(str(fault))
        click.echo(f"{len(shops)} shops checked, {faults} faults found.")
    sys.exit(1 if faults else 0)


def _faults(shops: list[Shop], anchors: tuple[Path, ...], keys: tuple[Path, ...], *, every: bool) -> Iterator[Fault]:
    """What is wrong with these shops; `every` where they are all that there are."""
    from tartib.journal.anchors import keys as signing
    from tartib.journal.anchors import proving
    from tartib.journal.anchors.shelf import Shelf
    from tartib.journal.snapshot import snapshot
    from tartib.journal.verify import verify
    from tartib.shops.scope import scope

    ids = {shop.pk for shop in shops}
    # Before the database is read: what is taken meanwhile is newer than that, and is not asked for.
    taken = proving.taken()
    shelf = Shelf(signing.read(keys) if keys else signing.known())
    if anchors:
        yield from shelf.put_all([*anchors, *proving.kept()], None if every else ids)
        if every:
            yield from proving.removed(shelf, ids)
    with snapshot():
        for shop in shops:
            with scope(shop.pk):
                yield from verify(shop)
                if anchors:
                    yield from proving.prove(shop, shelf, taken.get(shop.pk, 0))
