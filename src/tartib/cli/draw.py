"""`tartib draw`: the presets as diagrams in docs/workflows."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tartib.flow.draw import pages


@click.command("draw")
@click.option("--check", is_flag=True, help="Change nothing; fail when a diagram is out of step with its preset.")
@click.option("--to", "folder", type=click.Path(path_type=Path), default=Path("docs/workflows"), show_default=True)
def command(check: bool, folder: Path) -> None:
    """Draw every preset workflow as a page with a diagram and a table of its statuses."""
    drawn = pages()
    present = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.md")}
    if check:
        differing = sorted(name for name in drawn.keys() | present.keys() if drawn.get(name) != present.get(name))
        for name in differing:
            click.echo(f"{folder / name} is out of step; run `tartib draw`.", err=True)
        sys.exit(1 if differing else 0)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in drawn.items():
        (folder / name).write_text(text, encoding="utf-8")
    click.echo(f"{len(drawn)} pages drawn in {folder}.")
