"""`tartib verify`: prove that no timeline was altered (requirement X3)."""

from __future__ import annotations

import sys

import click

from tartib.cli.ready import database


@click.command("verify")
@click.option("--shop", "slug", help="Check only the shop with this address.")
def command(slug: str | None) -> None:
    """Read every timeline again and name each entry or case that was altered, removed or cut off.

    Exit code 0: everything is as it was written. 1: something is not; each fault is printed on a line of its own.
    """
    with database():
        from tartib.journal.verify import verify
        from tartib.shops.models import Shop

        shops = Shop.objects.order_by("slug")
        if slug is not None:
            shops = shops.filter(slug=slug)
            if not shops:
                raise click.UsageError(f"There is no shop '{slug}'.")
        faults = 0
        for shop in shops:
            for fault in verify(shop):
                faults += 1
                click.echo(str(fault))
        click.echo(f"{len(shops)} shops checked, {faults} faults found.")
    sys.exit(1 if faults else 0)
