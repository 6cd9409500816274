"""The rows of the list: the columns one may show, each with its heading and what its cell says of a case.

Rows are made here and not in a template: a page has hundreds of cells, and the list is as quick as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import escape

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, pgettext_lazy

from tartib.cases.models import PaymentState
from tartib.cases.queries import Row
from tartib.web import icons
from tartib.web.templatetags.tartib import gist, initials, money_, number, status_chip, tint, when

_PAYMENTS = {state.value: state.label for state in PaymentState}


@dataclass(frozen=True, slots=True)
class Column:
    """A column one may show: its heading, and the inside of its cell for a case, as HTML."""

    label: Promise
    cell: Callable[[Row], str]


def _own_direction(text: str) -> str:
    return f'<span dir="auto">{escape(text)}</span>'


def _payment(case: Row) -> str:
    return f'<span class="pay pay-{case.payment}">{escape(str(_PAYMENTS[case.payment]))}</span>'


@lru_cache(maxsize=512)
def _person(name: str) -> str:
    if not name:
        return ""
    letters = f'<span class="avatar-letters {tint(name)}" aria-hidden="true">{escape(initials(name))}</span>'
    return f'{letters}<span class="owner-name" dir="auto">{escape(name)}</span>'


def _due(case: Row) -> str:
    if case.due_at is None:
        return ""
    return f"{icons.svg('clock')} {when(case.due_at, 'alone')}"


def _checks(case: Row) -> str:
    if not case.doubts:
        return ""
    return f'<span class="doubts">{icons.svg("alert-triangle")} {number(case.doubts)}</span>'


COLUMNS: Mapping[str, Column] = {
    "customer": Column(gettext_lazy("Customer"), lambda case: _own_direction(case.customer)),
    "what": Column(pgettext_lazy("what was ordered", "Items"), lambda case: _own_direction(gist(case.title))),
    "status": Column(gettext_lazy("Status"), lambda case: status_chip(case.current_status, case.since)),
    "payment": Column(gettext_lazy("Payment"), _payment),
    "owner": Column(gettext_lazy("Responsible"), lambda case: _person(case.owner)),
    "amount": Column(gettext_lazy("Amount"), lambda case: money_(case.amount, case.currency)),
    "due": Column(gettext_lazy("Due"), _due),
    "placed": Column(gettext_lazy("Placed"), lambda case: when(case.placed_at, "alone")),
    "checks": Column(gettext_lazy("Checks"), _checks),
    "updated": Column(gettext_lazy("Changed"), lambda case: when(case.updated_at, "alone")),
    "channel": Column(gettext_lazy("Channel"), lambda case: _own_direction(case.channel)),
}


def rows(
    cases: Sequence[Row], columns: Sequence[str], *, orders_url: str, query: str, selectable: bool, now: datetime
) -> SafeString:
    """The rows of those cases. Each links to its page below `orders_url`, which keeps the list's `query`."""
    shown = [(code, COLUMNS[code].cell) for code in columns if code in COLUMNS]
    ending = escape(f"/?{query}" if query else "/")
    made = []
    for case in cases:
        code = escape(case.code)
        pick = (
            f'<td class="cell-pick"><label><input type="checkbox" name="case" value="{case.pk}"'
            f' aria-labelledby="code-{case.pk}"></label></td>'
            if selectable
            else ""
        )
        cells = "".join(f'<td class="cell-{name}">{cell(case)}</td>' for name, cell in shown)
        made.append(
            f'<tr id="case-{case.pk}" class="case-row{" row-late" if case.is_late(now) else ""}" data-case="{case.pk}"'
            f' data-status="{escape(case.status)}">{pick}<td class="cell-code">'
            f'<a class="code" id="code-{case.pk}" href="{orders_url}{code}{ending}">{code}</a></td>{cells}</tr>\n'
        )
    return SafeString("".join(made))
