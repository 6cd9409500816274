"""The service by which a shop sends SMS: chosen by name, with its key, its price, its credit, and a test."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tartib.desk.access import StaffRequest, staff
from tartib.desk.orders.timeline import fate
from tartib.desk.settings.shop_settings import may_test
from tartib.l10n import digits, money
from tartib.notify import accounts, service, trying
from tartib.notify.models import Message, SmsAccount, State
from tartib.notify.sms import offered, providers
from tartib.notify.sms.protocol import SmsProvider, Waiting
from tartib.shops.access import May
from tartib.shops.providers import Unreachable
from tartib.web.forms import Amount, Dressed, dress
from tartib.web.templatetags.tartib import money_
from tartib.web.toasts import toast

DEAREST = 1_000_000


class AccountForm(Dressed):
    """What a provider has to be told, and what an SMS costs the shop."""

    def __init__(self, provider: SmsProvider, account: SmsAccount | None, shop_currency: str, data: Any = None) -> None:
        kept = account.settings if account else {}
        initial: dict[str, Any] = {
            f"key_{one.name}": kept.get(one.name, "") for one in provider.settings if not one.secret
        }
        if account and account.part_price is not None:
            initial["part_price"] = f"{account.part_price.normalize():f}"
        super().__init__(data, initial=initial)
        for setting in provider.settings:
            entered = setting.secret and bool(kept.get(setting.name))
            attrs = {"autocomplete": "off", "dir": "ltr", "spellcheck": "false"}
            if entered:
                attrs["placeholder"] = _("Entered. Leave empty to keep it.")
            kind = forms.PasswordInput if setting.secret else forms.TextInput
            self.fields[f"key_{setting.name}"] = forms.CharField(
                label=str(setting.label), help_text=str(setting.help), widget=kind(attrs=attrs), max_length=400,
                required=setting.required and not entered,
            )  # fmt: skip
        unit = money.symbol(shop_currency, get_language() or "en")
        self.fields["part_price"] = Amount(
            label=_("Price of one SMS (%(currency)s)") % {"currency": unit}, required=False,
            help_text=_("As your provider charges it. With it you see what a message costs before it is sent."),
        )  # fmt: skip
        for field in self.fields.values():
            dress(field)

    def clean_part_price(self) -> object:
        """A price that can be counted with."""
        price = self.cleaned_data["part_price"]
        if price is not None and (price > DEAREST or price.as_tuple().exponent < -4):
            raise ValidationError(_("Write an amount with at most four decimals."))
        return price

    def entered(self) -> dict[str, str]:
        """What was entered for the provider, by its names."""
        return {
            name.removeprefix("key_"): str(value) for name, value in self.cleaned_data.items() if name[:4] == "key_"
        }

    def refuse(self, problem: ValidationError) -> None:
        """Put what is wrong beside its field."""
        for name, said in problem.message_dict.items():
            self.add_error(f"key_{name}", ValidationError(said))


class TestForm(Dressed):
    """Where to a test goes."""

    phone = forms.CharField(
        label=gettext_lazy("Your phone"), max_length=32, widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr"})
    )

    def clean_phone(self) -> str:
        """The number in Latin digits."""
        return digits.latin(self.cleaned_data["phone"])


@require_GET
@staff(May.SETTINGS)
def sms_service(request: StaffRequest) -> HttpResponseBase:
    """The service in use, and those that can be chosen."""
    return _page(request, TestForm())


@require_http_methods(["GET", "POST"])
@staff(May.SETTINGS)
def choose(request: StaffRequest, way: str) -> HttpResponseBase:
    """Enter what a provider has to be told; a secret left empty stays."""
    provider = next((one for one in offered() if one.code == way), None)
    if provider is None or request.shop.practice:
        raise Http404
    account = service.of(request.shop)
    mine = account if account and account.provider == way else None
    form = AccountForm(provider, mine, request.shop.currency, request.POST or None)
    if request.method == "POST" and form.is_valid():
        price = form.cleaned_data["part_price"]
        try:
            accounts.choose(request.shop, way, form.entered(), part_price=price, now=timezone.now(), by=request.origin)
        except ValidationError as problem:
            form.refuse(problem)
        else:
            toast(request, _("Saved. Send yourself a test now."))
            return redirect("desk:settings-sms", request.shop.slug)
    context = {"form": form, "provider": provider, "account": mine, "other": account and not mine, "tab": "messages"}
    return render(request, "desk/messages/sms/account.html", context, status=422 if form.errors else 200)


@require_POST
@staff(May.SETTINGS)
def test(request: StaffRequest) -> HttpResponseBase:
    """Send oneself a test, and say in plain words what became of it."""
    form = TestForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    if may_test(request):
        message = trying.send_test(request.shop, form.cleaned_data["phone"], request.user.language, now=timezone.now())
        toast(request, said(message), level="ok" if message.state == State.SENT else "error")
    return redirect("desk:settings-sms", request.shop.slug)


@require_POST
@staff(May.SETTINGS)
def credit(request: StaffRequest) -> HttpResponseBase:
    """Ask the provider what credit is left; it has to accept the key for that."""
    account = service.of(request.shop)
    if account is None:
        raise Http404
    try:
        left = accounts.ask_credit(account, now=timezone.now())
    except Waiting as problem:
        why = problem.trouble.label if problem.trouble else _("The provider asks to wait a little. Try again soon.")
        toast(request, str(why), level="error")
    except Unreachable:
        toast(request, _("The provider does not answer. Try again in a while."), level="warning")
    else:
        amount = money_(left.amount, left.currency) if left else ""
        words = _("The provider knows the key. Credit left: %(amount)s") % {"amount": amount} if left else ""
        toast(request, words or _("The provider knows the key."))
    return redirect("desk:settings-sms", request.shop.slug)


@require_POST
@staff(May.SETTINGS)
def forget(request: StaffRequest) -> HttpResponseBase:
    """Have the shop send no SMS any more."""
    accounts.forget(request.shop, by=request.origin)
    toast(request, _("The SMS service is forgotten. No SMS are sent any more."))
    return redirect("desk:settings-sms", request.shop.slug)


def said(message: Message) -> str:
    """What became of a test, in one sentence for the person who tried."""
    if message.state == State.SENT:
        return _("%(number)s: the provider has taken the test. It should be with you in a minute.") % {
            "number": message.recipient
        }
    account = service.of(message.shop)
    why = str(account.get_trouble_display()) if account and account.trouble else ""
    words = fate(message.state, "" if why else message.reason, why or message.answer)
    return f"{message.recipient}: {words}" + (f" ({message.answer})" if message.answer not in words else "")


def _page(request: StaffRequest, form: TestForm) -> HttpResponseBase:
    account = service.of(request.shop)
    context = {
        "account": account, "provider": providers()[account.provider] if account else None, "test": form,
        "offered": [] if request.shop.practice else offered(), "tab": "messages",
        "address": service.receipts_address(account) if account else "",
    }  # fmt: skip
    return render(request, "desk/messages/sms/service.html", context, status=422 if form.errors else 200)
