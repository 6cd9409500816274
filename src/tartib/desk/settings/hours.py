"""When a shop is at work: its week, the days it is closed, and whether the hold before dispatch counts only that."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods

from tartib.cases.models import WorkflowVersion
from tartib.cases.queries import current_workflow
from tartib.desk.access import StaffRequest, in_turn, staff
from tartib.flow.presets import hold_hours
from tartib.flow.reading import read_workflow
from tartib.flow.worktime import MIDNIGHT
from tartib.l10n import dates, digits, names
from tartib.l10n.typed_dates import NotADayError
from tartib.orders import ORDER
from tartib.orders.models import OrderSettings
from tartib.shops import operations, worktime
from tartib.shops.access import May
from tartib.shops.models import Shop
from tartib.web import audience, days
from tartib.web.forms import Whole
from tartib.web.kept import Kept
from tartib.web.toasts import toast

_SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–—]\s*(\d{1,2})(?:[:.](\d{2}))?")
_BETWEEN = re.compile(r"[,;،؛、，]|\s{2,}")
HOLD = "hold-passed"
_MOST_HOLIDAYS = 400
# How many words a date may have at most: "Monday, 1 Jumada al Akhirah 1448 AH".
_MOST_WORDS = 8


class HoursForm(Kept):
    """The spans of each day as people write them, and a line for each day the shop is closed."""

    dispatch_hold_hours = Whole(
        label=gettext_lazy("Hours an order waits before dispatch"),
        most=720,
        help_text=gettext_lazy(
            "Counted from when it was placed, so that a mistake can still be caught. 0: it may leave at once."
        ),
    )
    hold_in_worktime = forms.BooleanField(
        label=gettext_lazy("Count only hours in which the shop is at work"), required=False
    )
    holidays = forms.CharField(
        label=gettext_lazy("Closed on these days"),
        required=False,
        help_text=gettext_lazy("One a line: the date, then what it is if you like."),
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
    )

    def __init__(self, shop: Shop, orders: OrderSettings, *given: Any, **options: Any) -> None:
        version = current_workflow(shop, ORDER)
        self.usual_hold = hold_hours(version.code) if version else 0
        said = orders.dispatch_hold_hours
        kept = {
            "dispatch_hold_hours": self.usual_hold if said is None else said,
            "hold_in_worktime": orders.hold_in_worktime,
            "holidays": _lines(shop, shop.holidays),
        }
        week = shop.week or worktime.usual_week(shop.country)
        super().__init__(*given, initial=kept | {f"day_{day}": _spans(week[day]) for day in range(7)}, **options)
        self.shop = shop
        if version is not None and not _holds(version):
            del self.fields["dispatch_hold_hours"], self.fields["hold_in_worktime"]
        first = names.first_weekday(shop.country)
        self.order = [(first + step) % 7 for step in range(7)]
        labels = names.locale(audience.current().tag).days["stand-alone"]["wide"]
        for day in self.order:
            attrs = {
                "dir": "ltr",
                "autocomplete": "off",
                "class": "form-control",
                "placeholder": pgettext("the shop on a day", "closed"),
            }
            self.fields[f"day_{day}"] = forms.CharField(
                label=labels[day][:1].upper() + labels[day][1:],
                required=False,
                max_length=80,
                widget=forms.TextInput(attrs=attrs),
            )

    @property
    def days(self) -> list[forms.BoundField]:
        """The fields of the days, in the order of the shop's week."""
        return [self[f"day_{day}"] for day in self.order]

    def clean(self) -> dict[str, Any]:
        """Read the days; each error stands beside its field."""
        cleaned = self.cleaned_data
        week: worktime.Week = []
        for day in range(7):
            try:
                week.append(_read_day(cleaned.pop(f"day_{day}", "")))
            except ValidationError as problem:
                self.add_error(f"day_{day}", problem)
        try:
            cleaned["holidays"] = _read_holidays(cleaned.get("holidays", ""))
        except ValidationError as problem:
            self.add_error("holidays", problem)
        if len(week) == 7 and not any(week):
            self.add_error(None, _("Write the hours of at least one day."))
        cleaned["week"] = week
        if cleaned.get("dispatch_hold_hours") == self.usual_hold:
            # Who leaves it as the workflow has it goes with the next workflow too.
            cleaned["dispatch_hold_hours"] = None
        return cleaned


def _holds(version: WorkflowVersion) -> bool:
    """Whether orders that follow it wait before dispatch: a workflow of a shop's own may do without."""
    return any(HOLD in move.guards for move in read_workflow(version.definition).moves)


@staff(May.SETTINGS)
@in_turn
@require_http_methods(["GET", "POST"])
def hours_page(request: StaffRequest) -> HttpResponseBase:
    """The hours of the shop; one of its buttons adds the public holidays of its country."""
    orders = OrderSettings.of(request.shop)
    form = HoursForm(request.shop, orders, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if "public" in request.POST:
            given["holidays"] = _public(request.shop, timezone.now()) | given["holidays"]
        operations.change_shop(request.shop, orders, **given)
        toast(request, _("The settings are saved."))
        return redirect("desk:settings-hours", request.shop.slug)
    context = {"form": form, "tab": "hours", "has_public": bool(_public(request.shop, timezone.now()))}
    return render(request, "desk/settings/settings_hours.html", context, status=422 if form.errors else 200)


def _public(shop: Shop, now: datetime) -> dict[str, str]:
    """The public holidays from today to the end of next year."""
    today = now.astimezone(ZoneInfo(shop.timezone)).date()
    known = worktime.public_holidays(shop.country, [today.year, today.year + 1])
    return {day: name for day, name in known.items() if day >= today.isoformat()}


def _spans(day: list[list[int]]) -> str:
    return ", ".join(f"{_clock(opens)}–{_clock(closes)}" for opens, closes in day)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _lines(shop: Shop, kept: dict[str, str]) -> str:
    """The closed days as lines, in the shop's calendar and the reader's digits."""
    tag, zone = audience.current().tag, ZoneInfo(shop.timezone)
    return "\n".join(
        f"{dates.show_date(date.fromisoformat(day), tag, shop.calendar, zone, 'numeric')} {name}".strip()
        for day, name in sorted(kept.items())
    )


def _read_day(text: str) -> list[list[int]]:
    """The spans of a day in minutes, in their order; empty where the shop is closed."""
    plain = digits.latin(text).strip()
    if not plain:
        return []
    spans = []
    for part in filter(None, (piece.strip() for piece in _BETWEEN.split(plain))):
        found = _SPAN.fullmatch(part)
        if not found:
            raise ValidationError(_("Write the hours like 09:00–13:00, 14:00–18:00."))
        hours = [int(found[1]) * 60 + int(found[2] or 0), int(found[3]) * 60 + int(found[4] or 0)]
        if any(int(minutes or 0) > 59 for minutes in (found[2], found[4])) or max(hours) > MIDNIGHT:
            raise ValidationError(_("Write the hours like 09:00–13:00, 14:00–18:00."))
        spans.append(hours)
    edges = [minute for span in sorted(spans) for minute in span]
    if edges != sorted(set(edges)):
        raise ValidationError(_("These hours overlap, or end before they begin."))
    return sorted(spans)


def _read_holidays(text: str) -> dict[str, str]:
    """Each line's day as ISO, with what stands after it."""
    found: dict[str, str] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        day, name = _day(line)
        found[day.isoformat()] = name[:80]
    if len(found) > _MOST_HOLIDAYS:
        raise ValidationError(_("These are too many days."))
    return found


def _day(line: str) -> tuple[date, str]:
    """The day that a line begins with, in as many words as make one, and the rest of the line."""
    words = line.split()
    reasons = []
    for count in range(min(len(words), _MOST_WORDS), 0, -1):
        try:
            return days.read_day(" ".join(words[:count])), " ".join(words[count:])
        except NotADayError as problem:
            reasons.append(problem)
    # What is a day but for its year or month says more than words that are no day at all.
    said = next((problem for problem in reasons if problem.reason != "unreadable"), None)
    if said is not None:
        raise ValidationError(f"{names.isolate(line[:60])}: {days.explain(said)}") from said
    raise ValidationError(_("“%(line)s” does not begin with a date.") % {"line": line[:60]})
