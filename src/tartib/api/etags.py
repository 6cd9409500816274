"""Versions: an order's `ETag` is its version, and `If-Match` says which one the caller has seen."""

from __future__ import annotations

import re

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tartib.api import shows
from tartib.api.problems import Problem
from tartib.cases import sql
from tartib.cases.models import Case

_VERSION = re.compile(r'(?:W/)?"([0-9]{1,9})"')


def header(version: int) -> dict[str, str]:
    """The header that tells an order's version."""
    return {"ETag": f'"{version}"'}


def version(request: HttpRequest) -> int | None:
    """The version the caller has seen; None when that does not matter to it."""
    given = request.headers.get("If-Match", "*").strip()
    if given == "*":
        return None
    found = _VERSION.fullmatch(given)
    if found is None:
        raise Problem("malformed", _('If-Match must be the ETag of the order, such as “"3"”.'))
    return int(found[1])


def changed(case: Case) -> Problem:
    """The case has another version now: who changed it last, when, and where it stands."""
    who, at = sql.last_changes([case.pk]).get(case.pk, ("", case.updated_at))
    status = case.current_status
    return Problem(
        "changed",
        _("%(who)s has changed it since you read it. Read it again, then decide.") % {"who": who or "Tartib"},
        headers=header(case.version),
        changed={
            "by": who,
            "at": shows.moment(at),
            "version": case.version,
            "status": {"code": status.code, "name": status.name.say(shows.language())},
        },
    )
