"""The security log on the desk: who came in and who could not, who may what, what left the shop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from tartib.desk.access import StaffRequest, staff
from tartib.notify.sms import providers
from tartib.payments.gateways import gateways
from tartib.shops import naming, security
from tartib.shops.access import May, Scope
from tartib.shops.models import Role, SecurityEntry, SecurityEvent, Shop
from tartib.web.forms import number_of

ALARMING = (SecurityEvent.SIGN_IN_FAILED, SecurityEvent.CODE_SENT)
ICONS = {
    "sign-in": "login", "people": "users", "keys": "key", "money": "credit-card", "export": "file-export",
}  # fmt: skip
TABS = {
    "": gettext_lazy("All"),
    "sign-in": gettext_lazy("Sign-ins"),
    "people": gettext_lazy("Staff"),
    "keys": gettext_lazy("API keys"),
    "money": gettext_lazy("Money and services"),
    "export": gettext_lazy("Exports"),
}
EXPORTS = {
    "papers": gettext_lazy("table of documents"),
    "sms": gettext_lazy("table of SMS"),
    "person": gettext_lazy("everything about a customer"),
}
_EVERY_ACCOUNT: dict[str, Any] = {
    "name": gettext_lazy("Name for customers"),
    "instructions": gettext_lazy("What the customer should know"),
    "live": gettext_lazy("These are keys for real money"),
    "active": gettext_lazy("Offered to customers"),
}
_GROUP_OF = {event: group for group, events in security.GROUPS.items() for event in events}


@staff(May.SECURITY)
@require_GET
def security_log(request: StaffRequest) -> HttpResponse:
    """The log, newest first; of one kind of event or of one person where that is asked for."""
    group, person = request.GET.get("kind", ""), number_of(request.GET.get("who", ""))
    group = group if group in TABS else ""
    found = security.entries(request.shop, group=group, person=person)
    page = Paginator(found, security.PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "rows": [row(entry) for entry in page.object_list], "tabs": TABS.items(), "kind": group,
        "who": person, "people": _people(request.shop), "days": security.KEPT.days,
    }  # fmt: skip
    return render(request, "desk/settings/security.html", context)


def row(entry: SecurityEntry) -> dict[str, object]:
    """An entry as the page shows it."""
    event = SecurityEvent(entry.event)
    return {
        "entry": entry,
        "label": event.label,
        "icon": ICONS[_GROUP_OF[event]],
        "alarming": event in ALARMING,
        "about": " · ".join(filter(None, about(entry))),
    }


def about(entry: SecurityEntry) -> Iterable[str]:
    """Whom or what an entry is about, in parts."""
    facts = entry.facts
    yield facts.get("who", "") if facts.get("who") != entry.name else ""
    yield facts.get("email", "")
    yield facts.get("key", "")
    yield facts.get("account", "")
    if "was" in facts:
        yield f"{_role(facts['was'])} → {_role(facts['role'])}"
    elif "role" in facts:
        yield _role(facts["role"])
    yield ", ".join(str(dict(Scope.choices).get(scope, scope)) for scope in facts.get("scopes", []))
    yield str(EXPORTS.get(facts.get("what", ""), facts.get("what", "")))
    yield facts.get("of", "")
    if facts.get("changed"):
        yield _("changed: %(names)s") % {"names": ", ".join(_settings(facts))}


def _settings(facts: Mapping[str, Any]) -> list[str]:
    """The settings that changed, as the page on which they are entered calls them."""
    speaks = gateways().get(facts.get("of_gateway", "")) or providers().get(facts.get("of_provider", ""))
    words = _EVERY_ACCOUNT | {one.name: one.label for one in (speaks.settings if speaks else ())}
    return [str(words.get(name, name)) for name in facts["changed"]]


def _role(code: str) -> str:
    return str(dict(Role.choices).get(code, code))


def _people(shop: Shop) -> list[tuple[int, str]]:
    """Who works here or did, to choose from."""
    members = shop.memberships.select_related("user").order_by("pk")
    return [
        (member.user_id, member.user.name or member.user.email)
        for member in sorted(members, key=lambda member: naming.key(shop, member.user.name))
    ]
