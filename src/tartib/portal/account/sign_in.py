"""Coming in to an account, and going out: by one-time code, password or passkey."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tartib.checkout import queries as carts
from tartib.checkout.models import Cart
from tartib.checkout.operations import KEPT, merge_into
from tartib.customers import passkeys, signing_in
from tartib.customers.addresses import SMS, ContactPoint, hidden, read_contact_point
from tartib.customers.identity import Account, Code
from tartib.customers.passkeys import Site
from tartib.customers.queries import KEPT as SESSION_KEPT
from tartib.portal.account.access import following, unkept
from tartib.public.limits import here, way_in
from tartib.public.sessions import account_cookie, code_cookie
from tartib.public.visits import ShopRequest, cart_cookie, visited
from tartib.shops.operations import within_limit
from tartib.web import audience, cookies
from tartib.web.headers import address, browser, visitor

PASSKEYS_OF_VISITOR = 600


class AddressForm(forms.Form):
    """Who somebody is: an e-mail address, or a phone where the shop can send SMS."""

    address = forms.CharField(
        label=gettext_lazy("E-mail or phone"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "off", "dir": "ltr"}),
    )

    def __init__(self, request: ShopRequest) -> None:
        super().__init__(request.POST or None)
        self.shop = request.shop
        self.texts = signing_in.can_text(request.shop)
        if not self.texts:
            self.fields["address"].label = _("E-mail")
            self.fields["address"].widget.input_type = "email"

    def clean_address(self) -> ContactPoint:
        """The address in its one form."""
        reach = read_contact_point(self.cleaned_data["address"], self.shop)
        if reach is None or (reach.channel == SMS and not self.texts):
            raise forms.ValidationError(
                _("Write an e-mail address or a phone number.") if self.texts else _("Write an e-mail address.")
            )
        return reach


class PasswordForm(AddressForm):
    """An address and the password that goes with it."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
    )


@way_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@visited
def sign_in(request: ShopRequest) -> HttpResponseBase:
    """Ask for a code. The answer is the same for everybody who could have an account."""
    if request.visit.session is not None:
        return HttpResponseRedirect(following(request))
    form = AddressForm(request)
    if request.method == "POST" and form.is_valid():
        reach: ContactPoint = form.cleaned_data["address"]
        now = audience.current().now
        token = signing_in.ask_code(
            request.shop, reach, request.visit.language, visitor(request), now=now, browser=browser(request)
        )
        response = HttpResponseRedirect(_with_next(request, "portal:account-code"))
        cookies.keep(
            response, code_cookie(request.shop), token, int(signing_in.GOOD_FOR.total_seconds())
        )  # fmt: skip
        return unkept(response)
    return _page(request, "portal/account/sign_in.html", form)


@way_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@visited
def code(request: ShopRequest) -> HttpResponseBase:
    """Come in with the code. A wrong one, an old one and one tried too often are told apart to nobody."""
    token, now = request.COOKIES.get(code_cookie(request.shop), ""), audience.current().now
    asked = Code.objects.filter(shop=request.shop, token=token, expires_at__gt=now).first()
    if asked is None:
        return HttpResponseRedirect(_with_next(request, "portal:account-sign-in"))
    wrong = False
    if request.method == "POST":
        proof = signing_in.redeem(
            request.shop, token, request.POST.get("code", "")[:40], visitor(request), now=now, browser=browser(request)
        )  # fmt: skip
        reach = read_contact_point(proof.address, request.shop) if proof else None
        if reach is not None:
            account = signing_in.account_of(request.shop, reach, request.visit.language, now=now)
            return _opened(request, account, HttpResponseRedirect(following(request)))
        wrong = True
    context = {"shop": request.shop, "sent_to": hidden(asked.address), "wrong": wrong, "next": following(request)}
    return unkept(render(request, "portal/account/code.html", context, status=422 if wrong else 200))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@visited
def password(request: ShopRequest) -> HttpResponseBase:
    """Come in with a password."""
    if request.visit.session is not None:
        return HttpResponseRedirect(following(request))
    form = PasswordForm(request)
    if request.method == "POST" and form.is_valid():
        account = signing_in.by_password(
            request.shop, form.cleaned_data["address"], form.cleaned_data["password"], visitor(request),
            now=audience.current().now, browser=browser(request),
        )  # fmt: skip
        if account is not None:
            return _opened(request, account, HttpResponseRedirect(following(request)))
        form.add_error(
            None, _("This does not match, or was tried too often. Check both, or have a one-time code sent to you.")
        )
    return _page(request, "portal/account/password.html", form)


@never_cache
@require_POST
@visited
def passkey_question(request: ShopRequest) -> HttpResponseBase:
    """What the browser needs to offer the passkeys of this shop."""
    if not within_limit(
        "account passkey", here(request, request.shop), most=PASSKEYS_OF_VISITOR, window=signing_in.HOUR,
        now=audience.current().now,
    ):  # fmt: skip
        return HttpResponse(status=429)
    asked = passkeys.ask_to_enter(request.shop, site(request), now=audience.current().now)
    return HttpResponse(asked, content_type="application/json")


@never_cache
@require_POST
@visited
def passkey(request: ShopRequest) -> HttpResponseBase:
    """Come in with a passkey; says where to go on."""
    now = audience.current().now
    try:
        account = passkeys.enter(request.shop, site(request), request.POST.get("answer", ""), now=now)
    except passkeys.Refused:
        return JsonResponse({"problem": _("This passkey does not open an account here.")}, status=422)
    return _opened(request, account, JsonResponse({"next": following(request)}))


@require_POST
@visited
def sign_out(request: ShopRequest) -> HttpResponseBase:
    """Close the account in this browser."""
    if request.visit.session is not None:
        signing_in.end_session(request.visit.session.account, request.visit.session.pk)
    response = HttpResponseRedirect(request.visit.path("portal:account-sign-in"))
    cookies.forget(response, account_cookie(request.shop))
    if request.visit.session is not None:
        # It waits for the customer in their account; whoever uses this browser next does not see it.
        cookies.forget(response, cart_cookie(request.shop))
    return unkept(response)


def site(request: ShopRequest) -> Site:
    """Where the browser is, as passkeys see it."""
    return Site(request.get_host().partition(":")[0], f"{request.scheme}://{request.get_host()}")


def _opened(request: ShopRequest, account: Account, response: HttpResponse) -> HttpResponseBase:
    token = signing_in.open_session(
        account, request.headers.get("User-Agent", ""), address(request), now=audience.current().now
    )
    cookies.keep(response, account_cookie(request.shop), token, int(SESSION_KEPT.total_seconds()))
    cookies.forget(response, code_cookie(request.shop))
    cart = _cart(request, account)
    if cart is not None:
        cookies.keep(response, cart_cookie(request.shop), cart.token, int(KEPT.total_seconds()))
    return unkept(response)


def _cart(request: ShopRequest, account: Account) -> Cart | None:
    """What was gathered before signing in, together with what the customer had gathered elsewhere."""
    guest = carts.by_token(request.shop, request.COOKIES.get(cart_cookie(request.shop), ""))
    if guest is not None and guest.customer_id is None:
        return merge_into(guest, account.customer, now=audience.current().now)
    return carts.of_customer(request.shop, account.customer)


def _page(request: ShopRequest, template: str, form: AddressForm) -> HttpResponseBase:
    context = {"shop": request.shop, "form": form, "next": following(request)}
    return unkept(render(request, template, context, status=422 if form.errors else 200))


def _with_next(request: ShopRequest, name: str) -> str:
    return f"{request.visit.path(name)}?{urlencode({'next': following(request)})}"
