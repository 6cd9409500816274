"""The errors file of an import: a table that any spreadsheet opens and none runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from tartib.integrations.records import RowError, safe_cell
from tartib.integrations.words import LEVELS, sentence


def report(problems: Iterable[RowError]) -> Iterator[str]:
    """The errors file line by line, in the active language; it begins with the mark by which Excel knows UTF-8."""
    yield "\ufeff" + _line([_("Row"), _("Kind"), _("Column"), _("Problem"), _("Code")])
    for problem in problems:
        kind = _(LEVELS[problem.level])
        yield _line([str(problem.row or ""), kind, problem.column, sentence(problem), problem.code])


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([safe_cell(cell) for cell in cells])
    return out.getvalue()
