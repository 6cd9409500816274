"""The errors file of an import: a table that any spreadsheet opens and none runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tartib.imports.records import RowError, safe_cell
from tartib.imports.words import LEVELS, sentence
from tartib.l10n import tables


def report(problems: Iterable[RowError], calendar: str = "gregorian") -> Iterator[str]:
    """The errors file line by line, in the active language; it begins with the mark by which Excel knows UTF-8."""
    yield tables.MARK + _line([_("Row"), _("Kind"), _("Column"), _("Problem"), _("Code")])
    for problem in problems:
        kind = _(LEVELS[problem.level])
        yield _line([str(problem.row or ""), kind, problem.column, sentence(problem, calendar), problem.code])


def _line(cells: list[str]) -> str:
    return tables.line(map(safe_cell, cells), get_language() or "en")
