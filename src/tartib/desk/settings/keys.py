"""API keys: given out once, limited by scope, ended for good."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import forms
from django.db.models import F
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from tartib.desk.access import StaffRequest, staff
from tartib.shops.access import May, Scope
from tartib.shops.models import ApiKey
from tartib.shops.operations import WARNED_BEFORE, issue_key, revoke_key
from tartib.web.forms import Dressed
from tartib.web.toasts import toast

LASTS = {
    "30": gettext_lazy("30 days"),
    "90": gettext_lazy("90 days"),
    "365": gettext_lazy("one year"),
    "never": gettext_lazy("until you end it"),
}
USUAL = "365"


class KeyForm(Dressed):
    """What a key is for and what it may do."""

    name = forms.CharField(
        label=gettext_lazy("What is it for"),
        max_length=80,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "Such as “web site” or “accounting”. The name stands on the timeline of orders it changes."
        ),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("It may"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[Scope.ORDERS_READ],
    )
    lasts = forms.ChoiceField(
        label=gettext_lazy("It works for"),
        choices=LASTS.items(),
        required=False,
        initial=USUAL,
        help_text=gettext_lazy("Two weeks before its end the owners get an e-mail."),
    )

    def expires_at(self, now: datetime) -> datetime | None:
        """When the key ends by itself, if it does."""
        lasts = self.cleaned_data["lasts"] or USUAL
        return None if lasts == "never" else now + timedelta(days=int(lasts))


@staff(May.KEYS)
@require_http_methods(["GET", "POST"])
def key_list(request: StaffRequest) -> HttpResponseBase:
    """The keys of the shop. A new one is in the answer to the form that asked for it, and nowhere else."""
    form = KeyForm(request.POST or None)
    issued, key, now = None, "", timezone.now()
    if request.method == "POST" and form.is_valid():
        issued, key = issue_key(
            request.shop, form.cleaned_data["name"], form.cleaned_data["scopes"], expires_at=form.expires_at(now),
            by=request.origin,
        )  # fmt: skip
        form = KeyForm()
    labels = dict(Scope.choices)
    keys = [
        {
            "key": each,
            "scopes": [labels.get(scope, scope) for scope in each.scopes],
            "ended": each.revoked_at or (each.expires_at if each.expires_at and each.expires_at <= now else None),
            "soon": each.expires_at is not None and each.expires_at <= now + WARNED_BEFORE,
        }
        for each in request.shop.api_keys.order_by(F("revoked_at").desc(nulls_first=True), "-created_at")
    ]
    context = {"keys": keys, "form": form, "issued": issued, "secret": key, "tab": "keys"}
    page = render(request, "desk/settings/settings_keys.html", context, status=422 if form.errors else 200)
    page.headers["Cache-Control"] = "no-store"
    return page


@staff(May.KEYS)
@require_POST
def revoke(request: StaffRequest, pk: int) -> HttpResponseBase:
    """End a key."""
    key = get_object_or_404(ApiKey, shop=request.shop, pk=pk)
    revoke_key(key, timezone.now(), by=request.origin)
    toast(request, _("The key “%(name)s” is refused from now on.") % {"name": key.name})
    return redirect("desk:settings-keys", request.shop.slug)
