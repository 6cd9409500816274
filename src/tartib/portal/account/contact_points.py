"""The e-mail address and phone of an account: adding one, changing it, doing without; each is proved by a code."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tartib.customers import contact_points, signing_in
from tartib.customers.addresses import EMAIL, SMS, ContactPoint, hidden, read_contact_point
from tartib.portal.account.access import AccountRequest, account
from tartib.web import audience
from tartib.web.headers import browser, visitor
from tartib.web.toasts import toast

CHANNELS = (EMAIL, SMS)


class ReachForm(forms.Form):
    """An address of one kind."""

    address = forms.CharField(max_length=254)

    def __init__(self, request: AccountRequest, channel: str) -> None:
        super().__init__(request.POST or None)
        self.shop, self.channel = request.shop, channel
        kind, complete = ("email", "email") if channel == EMAIL else ("tel", "tel")
        field = self.fields["address"]
        field.label = _("E-mail") if channel == EMAIL else _("Phone")
        field.widget = forms.TextInput(attrs={"type": kind, "autocomplete": complete, "dir": "ltr"})

    def clean_address(self) -> ContactPoint:
        """The address in its one form."""
        reach = read_contact_point(self.cleaned_data["address"], self.shop)
        if reach is None or reach.channel != self.channel:
            said = _("Write an e-mail address.") if self.channel == EMAIL else _("Write a phone number.")
            raise forms.ValidationError(said)
        return reach


@require_http_methods(["GET", "HEAD", "POST"])
@account
def reach(request: AccountRequest, channel: str) -> HttpResponseBase:
    """Say by what else one can be reached; a code goes there. The answer is the same whoever has that address."""
    _known(request, channel)
    form = ReachForm(request, channel)
    if request.method == "POST" and form.is_valid():
        wanted: ContactPoint = form.cleaned_data["address"]
        reader = audience.current()
        token = signing_in.ask_code(
            request.shop, wanted, reader.language, visitor(request), now=reader.now, browser=browser(request)
        )
        return _code(request, channel, token, hidden(wanted.address))
    context = _context(request, channel) | {"form": form}
    return render(request, "portal/account/reach.html", context, status=422 if form.errors else 200)


@require_POST
@account
def prove(request: AccountRequest, channel: str) -> HttpResponseBase:
    """Take the address in, once the code is right."""
    _known(request, channel)
    token, typed, now = request.POST.get("token", "")[:40], request.POST.get("code", "")[:40], audience.current().now
    proof = signing_in.redeem(request.shop, token, typed, visitor(request), now=now, browser=browser(request))
    proved = read_contact_point(proof.address, request.shop) if proof else None
    if proved is None or proved.channel != channel:
        return _code(request, channel, token, request.POST.get("sent_to", "")[:80], wrong=True)
    moved = contact_points.prove(request.account, proved, now=now)
    toast(request, _("Saved. What belonged to it is in this account now.") if moved else _("Saved."))
    return _back(request)


@require_POST
@account
def give_up(request: AccountRequest, channel: str) -> HttpResponseBase:
    """Do without an address; the last one stays."""
    if channel not in CHANNELS:
        raise Http404
    try:
        contact_points.give_up(request.account, channel, now=audience.current().now)
    except contact_points.LastOne:
        toast(request, _("This is the only way to reach your account. Add another one first."), level="error")
    else:
        toast(request, _("Removed."))
    return _back(request)


def _known(request: AccountRequest, channel: str) -> None:
    if channel not in CHANNELS or (channel == SMS and not signing_in.can_text(request.shop)):
        raise Http404


def _code(request: AccountRequest, channel: str, token: str, sent_to: str, *, wrong: bool = False) -> HttpResponseBase:
    context = _context(request, channel) | {"token": token, "sent_to": sent_to, "wrong": wrong}
    return render(request, "portal/account/reach_code.html", context, status=422 if wrong else 200)


def _context(request: AccountRequest, channel: str) -> dict[str, object]:
    mine = request.account
    return {
        "shop": request.shop,
        "account": mine,
        "tab": "profile",
        "channel": channel,
        "present": mine.email if channel == EMAIL else mine.phone,
    }


def _back(request: AccountRequest) -> HttpResponseBase:
    return HttpResponseRedirect(request.visit.path("portal:account-profile"))
