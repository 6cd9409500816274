"""Who a customer is and what they want to be told."""

from __future__ import annotations

from django import forms
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from tartib.customers import consents, people, signing_in
from tartib.customers.models import Consent, Purpose, Source
from tartib.customers.queries import customers
from tartib.notify import subscribing
from tartib.portal.account.access import AccountRequest, account
from tartib.shops.models import LANGUAGE_NAMES, Calendar
from tartib.web import audience
from tartib.web.headers import address
from tartib.web.toasts import toast

_SHOWN = 20


class Profile(forms.Form):
    """A name, the language in which the shop writes, and the calendar in which it gives dates."""

    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=200, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )  # fmt: skip
    language = forms.ChoiceField(label=gettext_lazy("Language of messages"))
    calendar = forms.ChoiceField(label=gettext_lazy("Calendar"), required=False)

    def __init__(self, request: AccountRequest, data: object = None) -> None:
        person = request.account.customer
        initial = {
            "name": person.name,
            "language": person.language or request.shop.language,
            "calendar": person.calendar,
        }
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        chosen, calendar = self.fields["language"], self.fields["calendar"]
        assert isinstance(chosen, forms.ChoiceField)
        assert isinstance(calendar, forms.ChoiceField)
        usual = _("as the shop: %(calendar)s") % {"calendar": Calendar(request.shop.calendar).label}
        calendar.choices = [("", usual), *Calendar.choices]
        chosen.choices = [(code, LANGUAGE_NAMES[code]) for code in request.shop.spoken]


@require_http_methods(["GET", "HEAD", "POST"])
@account
def profile(request: AccountRequest) -> HttpResponseBase:
    """See and change who one is."""
    form = Profile(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        people.describe(request.account.customer, **form.cleaned_data)
        toast(request, _("Saved."))
        return _back(request)
    return _page(request, form)


@require_POST
@account
def consent(request: AccountRequest) -> HttpResponseBase:
    """Say what one wants to be told, by which channel."""
    mine, now = customers(request.account), audience.current().now
    for channel, purpose in consents.FIELDS:
        given = f"{purpose}-{channel}" in request.POST
        consents.change(mine, channel, purpose, Source.ACCOUNT, address(request), given=given, now=now)
    toast(request, _("Saved. It holds from the next message on."))
    return _back(request)


def _page(request: AccountRequest, form: Profile) -> HttpResponseBase:
    person = request.account.customer
    wanted = [
        (
            purpose,
            [(channel, getattr(person, field)) for (channel, of), field in consents.FIELDS.items() if of == purpose],
        )
        for purpose in Purpose
    ]
    context = {
        "shop": request.shop,
        "account": request.account,
        "form": form,
        "texts": signing_in.can_text(request.shop),
        "wanted": wanted,
        "ledger": Consent.objects.filter(customer__in=customers(request.account)).order_by("-pk")[:_SHOWN],
        "devices": subscribing.of_account(request.account.pk),
        "here": request.session_of_account.pk,
        "tab": "profile",
    }
    return render(request, "portal/account/profile.html", context, status=422 if form.errors else 200)


def _back(request: AccountRequest) -> HttpResponseBase:
    return HttpResponseRedirect(request.visit.path("portal:account-profile"))
