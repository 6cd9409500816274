"""`tartib createshop`: open a shop and its owner's account."""

from __future__ import annotations

import click

from tartib.cli.ready import database
from tartib.flow.presets import preset, presets
from tartib.flow.words import LANGUAGES


@click.command("createshop")
@click.argument("slug")
@click.option("--name", required=True, help="What customers call the shop.")
@click.option("--code", required=True, help="One to six capital letters or digits; tracking codes begin with it.")
@click.option("--owner-email", required=True, help="Who signs in as the owner; made if not known yet.")
@click.option("--owner-name", default="", help="The owner's name.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="For a new owner's account.")
@click.option("--workflow", type=click.Choice(presets("order")), default="delivery", show_default=True)
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--currency", default="USD", show_default=True)
@click.option("--timezone", default="UTC", show_default=True)
@click.option("--calendar", type=click.Choice(["gregorian", "jalali", "hijri"]), default="gregorian", show_default=True)
def command(
    slug: str, name: str, code: str, owner_email: str, owner_name: str, password: str, workflow: str, **settings: str
) -> None:
    """Open the shop SLUG (its part of the address) with a workflow to begin with."""
    with database():
        from django.core.exceptions import ValidationError
        from django.db import transaction
        from django.utils import timezone

        from tartib.cases.workflows import publish
        from tartib.shops.models import User
        from tartib.shops.operations import number_of_new_shop, open_shop
        from tartib.shops.scope import scope

        try:
            with scope(number_of_new_shop()), transaction.atomic():
                owner = User.objects.filter(email=owner_email.lower()).first() or User.objects.create_user(
                    owner_email, password, name=owner_name or owner_email, language=settings["language"]
                )
                shop = open_shop(slug=slug, code=code, name=name, owner=owner, **settings)
                now = timezone.now()
                for code in (workflow, "support"):
                    publish(shop, preset(code), now)
        except ValidationError as error:
            raise click.UsageError("; ".join(error.messages)) from None
        click.echo(f"The shop {shop.name} is open at /desk/{shop.slug}/.")
