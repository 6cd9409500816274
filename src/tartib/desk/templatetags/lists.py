"""Tags of lists of cases."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from tartib.cases import kinds
from tartib.cases.models import Case
from tartib.desk.cases import cells

register = template.Library()


@register.simple_tag(takes_context=True)
def case_rows(context: dict[str, Any]) -> SafeString:
    """`{% case_rows %}`: the rows of the page of cases the list's views have put into the context."""
    return cells.rows(
        context["page"].cases,
        context["columns"],
        orders_url=context["orders_url"],
        query=context["query"],
        selectable=context["selectable"],
        now=context["now"],
    )


@register.filter
def page_of(case: Case) -> str:
    """`{% url case|page_of shop.slug case.code %}`: the name of the address of a case's page."""
    return kinds.connected[case.kind].page
