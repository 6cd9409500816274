"""By what an account is opened and on which devices it is open."""

from __future__ import annotations

from django import forms
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from tartib.customers import devices, passkeys, queries, signing_in
from tartib.customers.identity import Account
from tartib.portal.account.access import AccountRequest, account
from tartib.portal.account.sign_in import site
from tartib.web import audience
from tartib.web.toasts import toast


class NewPassword(forms.Form):
    """Another password; whoever has one already knows it."""

    current = forms.CharField(
        label=gettext_lazy("Current password"),
        required=False,
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
    )
    password = forms.CharField(
        label=gettext_lazy("New password"),
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr"}),
    )

    def __init__(self, account: Account, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.account = account
        if not account.password:
            del self.fields["current"]

    def clean_current(self) -> str:
        """The password until now, which has to be right."""
        given = str(self.cleaned_data["current"])
        if not check_password(given, self.account.password):
            raise forms.ValidationError(_("This is not your current password."))
        return given

    def clean_password(self) -> str:
        """A password that is not easily guessed."""
        given = str(self.cleaned_data["password"])
        validate_password(given)
        return given


@require_safe
@account
def security(request: AccountRequest) -> HttpResponseBase:
    """How the account is opened, and where it is open."""
    return _page(request, NewPassword(request.account))


@require_POST
@account
def change_password(request: AccountRequest) -> HttpResponseBase:
    """Choose a password, or another one; the account is closed on all other devices."""
    form = NewPassword(request.account, request.POST)
    if not form.is_valid():
        return _page(request, form)
    signing_in.set_password(request.account, form.cleaned_data["password"], but=request.session_of_account)
    toast(request, _("Your password is set. Other devices have been signed out."))
    return _back(request)


@require_POST
@account
def forget_password(request: AccountRequest) -> HttpResponseBase:
    """Do without a password from now on."""
    signing_in.set_password(request.account, "", but=request.session_of_account)
    toast(request, _("Your account has no password any more. A one-time code is enough."))
    return _back(request)


@require_POST
@account
def end_session(request: AccountRequest, session_id: int) -> HttpResponseBase:
    """Sign a device out."""
    if not signing_in.end_session(request.account, session_id):
        raise Http404
    toast(request, _("The device has been signed out."))
    return _back(request)


@require_POST
@account
def end_sessions(request: AccountRequest) -> HttpResponseBase:
    """Sign out on all other devices."""
    signing_in.sign_out_everywhere(request.account, but=request.session_of_account)
    toast(request, _("All other devices have been signed out."))
    return _back(request)


@require_POST
@account
def passkey_question(request: AccountRequest) -> HttpResponseBase:
    """What the browser needs to make a passkey."""
    asked = passkeys.ask_to_add(request.account, site(request), now=audience.current().now)
    return HttpResponse(asked, content_type="application/json")


@require_POST
@account
def add_passkey(request: AccountRequest) -> HttpResponseBase:
    """Add the passkey the browser made; says where to go on."""
    name = devices.device(request.headers.get("User-Agent", "")) or _("Passkey")
    try:
        passkeys.add(request.account, site(request), request.POST.get("answer", ""), name, now=audience.current().now)
    except passkeys.Refused:
        return JsonResponse({"problem": _("The passkey could not be added. Try again.")}, status=422)
    toast(request, _("The passkey is added. Next time it signs you in without a code."))
    return JsonResponse({"next": request.visit.path("portal:account-security")})


@require_POST
@account
def remove_passkey(request: AccountRequest, passkey_id: int) -> HttpResponseBase:
    """Forget a passkey."""
    if not passkeys.remove(request.account, passkey_id):
        raise Http404
    toast(request, _("The passkey is removed. Delete it on your device too."))
    return _back(request)


def _page(request: AccountRequest, form: NewPassword) -> HttpResponseBase:
    context = {
        "shop": request.shop,
        "form": form,
        "account": request.account,
        "sessions": queries.sessions(request.account, now=audience.current().now),
        "here": request.session_of_account.pk,
        "passkeys": request.account.passkeys.order_by("pk"),
        "tab": "security",
    }
    return render(request, "portal/account/security.html", context, status=422 if form.errors else 200)


def _back(request: AccountRequest) -> HttpResponseBase:
    return HttpResponseRedirect(request.visit.path("portal:account-security"))
