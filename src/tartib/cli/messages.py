"""`tartib messages`: keep the translations in step with the code. GNU gettext is not needed."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tartib.cli import catalogues, glossary
from tartib.cli.extraction import NotExtractable


def _chosen(app: str | None) -> list[Path]:
    folders = catalogues.apps()
    chosen = [folder for folder in folders if app in {None, folder.name}]
    if not chosen:
        raise click.UsageError(f"There is no app '{app}'; there are {', '.join(folder.name for folder in folders)}.")
    return chosen


@click.group("messages")
def command() -> None:
    """Keep the translations in step with the code.

    Each app has a catalogue a language: src/tartib/APP/locale/LANGUAGE/LC_MESSAGES/django.po.
    """


@command.command("update")
@click.argument("app", required=False)
def update(app: str | None) -> None:
    """Take new texts of APP, or of all apps, into the catalogues, and drop those that nothing asks for."""
    try:
        catalogues.update(_chosen(app))
    except NotExtractable as problem:
        raise click.ClickException(str(problem)) from None


@command.command("check")
def check() -> None:
    """Fail when a text is missing, out of date, unmarked, or translated otherwise than its source and glossary ask."""
    findings = [*catalogues.check(), *glossary.check()]
    for finding in findings:
        click.echo(str(finding), err=True)
    if findings:
        click.echo(f"{len(findings)} problems found.", err=True)
    sys.exit(1 if findings else 0)


@command.command("compile")
@click.argument("app", required=False)
def compile_command(app: str | None) -> None:
    """Write the catalogues of APP, or of all apps, in the form that is read at run time."""
    count = catalogues.compile_all(_chosen(app))
    click.echo(f"{count} catalogues compiled.")
