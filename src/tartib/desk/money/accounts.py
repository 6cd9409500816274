"""The shop's accounts at gateways. What was entered is never shown again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tartib.desk.access import StaffRequest, staff
from tartib.payments import accounts
from tartib.payments.gateways import gateway, gateways, offered
from tartib.payments.gateways.protocol import Gateway, Refused, Unsupported, Way
from tartib.payments.models import Account
from tartib.shops.access import May
from tartib.shops.models import Shop
from tartib.shops.providers import Unreachable
from tartib.web.forms import Dressed, dress
from tartib.web.naming import initial_texts, name_fields, text_fields, texts_given
from tartib.web.toasts import toast


class AccountForm(Dressed):
    """What a gateway has to be told, and how the shop offers it."""

    def __init__(self, shop: Shop, speaks: Gateway, account: Account | None, data: Any = None) -> None:
        kept = account.settings if account else {}
        self.names: dict[str, str] = account.names if account else {}
        self.instructions: dict[str, str] = account.instructions if account else {}
        shown = {setting.name: kept.get(setting.name, "") for setting in speaks.settings if not setting.secret}
        initial = {
            **initial_texts("name", self.names), **initial_texts("instructions", self.instructions),
            "live": account.live if account else True, "active": account.active if account else True,
        }  # fmt: skip
        super().__init__(data, initial=initial | {f"key_{name}": value for name, value in shown.items()})
        self.fields |= name_fields(shop, accounts.NAME_LENGTH, needed=False)
        next(iter(self.fields.values())).help_text = _(
            "As customers choose it when they pay, such as “Card”. Where a language has no name, another one is shown;"
            " with no name at all, it is called “%(usual)s”."
        ) % {"usual": speaks.name}
        for setting in speaks.settings:
            said = bool(kept.get(setting.name))
            if setting.choices:
                self.fields[f"key_{setting.name}"] = forms.ChoiceField(
                    label=str(setting.label), help_text=str(setting.help), choices=setting.choices,
                    required=setting.required,
                )  # fmt: skip
                continue
            widget = (
                forms.PasswordInput(attrs={"autocomplete": "off"})
                if setting.secret
                else forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"})
            )
            if setting.secret and said:
                widget.attrs["placeholder"] = _("Entered. Leave empty to keep it.")
            self.fields[f"key_{setting.name}"] = forms.CharField(
                label=str(setting.label), help_text=str(setting.help), widget=widget, max_length=4000,
                required=setting.required and not (setting.secret and said),
            )  # fmt: skip
        if told := speaks.instructions:
            self.fields |= text_fields(
                shop, told.name, str(told.label), accounts.INSTRUCTIONS_LENGTH, lines=told.lines,
                help_text=str(told.help),
            )  # fmt: skip
        if speaks.way == Way.ONLINE and not speaks.practice:
            self.fields["live"] = forms.BooleanField(
                label=_("These are keys for real money"), required=False,
                help_text=_("Leave it out while you try with the gateway’s test keys."),
            )  # fmt: skip
        if account:
            self.fields["active"] = forms.BooleanField(label=_("Offered to customers"), required=False)
        for field in self.fields.values():
            if "class" not in field.widget.attrs:
                dress(field)

    def entered(self) -> dict[str, str]:
        """What was entered for the gateway, by its names."""
        return {
            name.removeprefix("key_"): str(value) for name, value in self.cleaned_data.items() if name[:4] == "key_"
        }

    def named(self) -> dict[str, str]:
        """What the shop calls it, by language."""
        return texts_given("name", self.cleaned_data, self.names)

    def instructed(self) -> dict[str, str]:
        """What the shop tells its customers of paying so, by language."""
        return texts_given("instructions", self.cleaned_data, self.instructions)

    def refuse(self, problem: ValidationError) -> None:
        """Put what is missing beside its field."""
        for name, said in problem.message_dict.items():
            self.add_error(f"key_{name}" if f"key_{name}" in self.fields else None, ValidationError(said))


@require_GET
@staff(May.SETTINGS)
def account_list(request: StaffRequest) -> HttpResponseBase:
    """The accounts, and the gateways of which another can be added."""
    known = Account.objects.filter(shop=request.shop).order_by("position", "pk")
    rows = [(account, gateways()[account.gateway]) for account in known if account.gateway in gateways()]
    context = {"rows": rows, "offered": offered(request.shop), "tab": "payments"}
    return render(request, "desk/money/accounts.html", context)


@require_http_methods(["GET", "POST"])
@staff(May.SETTINGS)
def add(request: StaffRequest, way: str) -> HttpResponseBase:
    """Enter what a gateway has to be told."""
    speaks = next((one for one in offered(request.shop) if one.code == way), None)
    if speaks is None:
        raise Http404
    form = AccountForm(request.shop, speaks, None, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = accounts.add(
                request.shop, way, form.entered(), now=timezone.now(), names=form.named(),
                instructions=form.instructed(), live=form.cleaned_data.get("live", False), by=request.origin,
            )  # fmt: skip
        except ValidationError as problem:
            form.refuse(problem)
        else:
            toast(
                request, _("“%(name)s” is offered to your customers.") % {"name": account.name(request.user.language)}
            )
            return redirect("desk:account", request.shop.slug, account.pk)
    return _page(request, form, speaks, None)


@require_http_methods(["GET", "POST"])
@staff(May.SETTINGS)
def change(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Change what was entered; a secret left empty stays."""
    account = _account(request, pk)
    speaks = gateway(account.gateway)
    form = AccountForm(request.shop, speaks, account, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            accounts.change(
                account, form.entered(), names=form.named(), instructions=form.instructed(),
                live=given.get("live", account.live), active=given["active"], by=request.origin,
            )  # fmt: skip
        except ValidationError as problem:
            form.refuse(problem)
        else:
            toast(request, _("Saved."))
            return redirect("desk:settings-payments", request.shop.slug)
    return _page(request, form, speaks, account)


@require_POST
@staff(May.SETTINGS)
def try_out(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Ask the gateway whether it knows the account. No money moves."""
    account = _account(request, pk)
    try:
        gateway(account.gateway).check(account)
    except Refused as problem:
        toast(request, _("The gateway refuses these settings: %(why)s") % {"why": problem.reason}, level="error")
    except Unreachable:
        toast(request, _("The gateway does not answer. Try again in a while."), level="warning")
    except Unsupported:
        toast(request, _("This gateway cannot be tried without a payment."), level="warning")
    else:
        toast(request, _("The gateway knows the account."))
    return redirect("desk:account", request.shop.slug, account.pk)


def _account(request: StaffRequest, pk: int) -> Account:
    account = get_object_or_404(Account.objects.select_related("shop"), shop=request.shop, pk=pk)
    if account.gateway not in gateways():
        raise Http404
    return account


def _page(request: StaffRequest, form: AccountForm, speaks: Gateway, account: Account | None) -> HttpResponseBase:
    notices = speaks.way == Way.ONLINE and speaks.notices
    context = {
        "form": form, "speaks": speaks, "account": account, "tab": "payments",
        "online": speaks.way == Way.ONLINE,
        "address": settings.TARTIB_URL + reverse("portal:notices", args=[account.token]) if account and notices else "",
    }  # fmt: skip
    return render(request, "desk/money/account.html", context, status=422 if form.errors else 200)
