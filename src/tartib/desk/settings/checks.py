"""What a shop looks at in its orders, and how long a proof of identity is kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tartib.desk.access import StaffRequest, in_turn, staff
from tartib.risk import operations, queries
from tartib.risk.models import Level, Rules, Signal
from tartib.shops.access import May
from tartib.web.forms import Whole
from tartib.web.kept import Kept
from tartib.web.toasts import toast

_HELP = {
    Signal.IP_COUNTRY: gettext_lazy("Compared with the countries of delivery and bill."),
    Signal.CARD_COUNTRY: gettext_lazy("Where the payment service tells it; known only after the payment."),
    Signal.PHONE_COUNTRY: gettext_lazy("Compared with the country of delivery."),
    Signal.NAMES: gettext_lazy("The names for delivery and bill have no word in common. Mostly it is a gift."),
    Signal.EMAIL: gettext_lazy("Addresses of services that give them out for a few minutes."),
    Signal.VELOCITY: gettext_lazy("From one IP address or one customer; how many, you say below."),
    Signal.AMOUNT: gettext_lazy("Compared with the middle one of your latest orders; how many times, you say below."),
    Signal.WORDS: gettext_lazy("Anywhere in names, addresses and the customer’s words."),
}


class CautionForm(Kept):
    """A level for each signal, and the measures of those that have one."""

    velocity_most = Whole(label=gettext_lazy("More orders than"), least=1, most=1_000)
    velocity_hours = Whole(label=gettext_lazy("within hours"), least=1, most=720)
    amount_times = Whole(label=gettext_lazy("An amount so many times the usual"), least=2, most=1_000)
    words = forms.CharField(
        label=gettext_lazy("Words to look for"),
        required=False,
        max_length=2_000,
        help_text=gettext_lazy("One a line: the address of a freight forwarder, a name, a part of an e-mail address."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    identity_days = Whole(
        label=gettext_lazy("Days until a proof of identity is deleted by itself"),
        least=1,
        most=90,
        help_text=gettext_lazy(
            "It is deleted as soon as somebody has decided about it, and after this time at the latest."
        ),
    )

    def __init__(self, rules: Rules, *given: Any, **options: Any) -> None:
        kept = {name: getattr(rules, name) for name in self.base_fields}
        levels = {f"level_{signal}": rules.level(signal) for signal in Signal.values}
        super().__init__(*given, initial=kept | levels, **options)
        for signal in Signal:
            field = forms.ChoiceField(label=signal.label, choices=Level.choices, help_text=str(_HELP[signal]))
            field.widget.attrs["class"] = "form-select"
            self.fields[f"level_{signal}"] = field

    def values(self) -> dict[str, Any]:
        """The rules as they are to be kept."""
        given = dict(self.cleaned_data)
        return given | {"levels": {signal: given.pop(f"level_{signal}") for signal in Signal.values}}

    def levels(self) -> list[forms.BoundField]:
        """The fields of the signals."""
        return [self[f"level_{signal}"] for signal in Signal.values]


@staff(May.SETTINGS)
@in_turn
@require_http_methods(["GET", "POST"])
def checks_page(request: StaffRequest) -> HttpResponseBase:
    """What the shop looks at."""
    form = CautionForm(queries.rules(request.shop), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.save_rules(request.shop, **form.values())
        except ValidationError as problem:
            form.refuse(problem)
        else:
            toast(request, _("The settings are saved. They hold for orders from now on."))
            return redirect("desk:settings-caution", request.shop.slug)
    context = {"form": form, "tab": "caution"}
    return render(request, "desk/settings/settings_caution.html", context, status=422 if form.errors else 200)
