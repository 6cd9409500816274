"""Settings of the shop itself and of its messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from babel.numbers import list_currencies
from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from tartib.billing.models import PaperSettings
from tartib.desk import letters
from tartib.desk.access import StaffRequest, in_turn, staff
from tartib.feedback.models import FeedbackSettings
from tartib.l10n import digits, zones
from tartib.l10n.names import country
from tartib.l10n.normal import sort_key
from tartib.notify import service
from tartib.notify.channels.fax import check_gateway
from tartib.notify.models import TO_PEOPLE_OF_SHOP, MessageSettings, NoticeAddress, State
from tartib.notify.operations import tell_also, tell_no_more
from tartib.notify.queries import notice_addresses, unreached
from tartib.notify.sms import providers
from tartib.orders.models import OrderSettings
from tartib.shops import naming, operations
from tartib.shops.access import May
from tartib.shops.models import LANGUAGE_CHOICES, Calendar, Membership, Shop
from tartib.shops.room_settings import values
from tartib.web import audience
from tartib.web.forms import Dressed, Minutes, Whole
from tartib.web.kept import Kept
from tartib.web.toasts import toast

TOMAN = "IRT"


_AREAS = {
    "Africa": gettext_lazy("Africa"), "America": gettext_lazy("America"), "Antarctica": gettext_lazy("Antarctica"),
    "Arctic": gettext_lazy("Arctic"), "Asia": gettext_lazy("Asia"), "Atlantic": gettext_lazy("Atlantic Ocean"),
    "Australia": gettext_lazy("Australia"), "Europe": gettext_lazy("Europe"), "Indian": gettext_lazy("Indian Ocean"),
    "Pacific": gettext_lazy("Pacific Ocean"),
}  # fmt: skip


def _zones(shop: Shop, now: datetime) -> list[tuple[str, Any]]:
    """The time zones to choose from, by part of the world and city; those of the shop's country first.

    A shop that has one by a former name keeps it under that name; one that has none of a place keeps what it has.
    """
    language, kept = audience.current().language, zones.present(shop.timezone)
    groups: dict[str, list[tuple[str, str]]] = {shop.country: [], **{area: [] for area in _AREAS}}
    for zone in zones.zones():
        value = shop.timezone if zone.id == kept else zone.id
        group = groups[shop.country if zone.country == shop.country else zone.area]
        group.append((value, zones.label(zone, language, now)))
    named = {shop.country: country(shop.country, language), **_AREAS}
    sorted_groups = [
        (str(named[code]), sorted(group, key=lambda one: sort_key(one[1], language)))
        for code, group in groups.items()
        if group
    ]
    placed = {value for group in groups.values() for value, _label in group}
    others = [(name, name) for name in dict.fromkeys((zones.UTC, shop.timezone)) if name not in placed]
    return [*sorted_groups, *others]


class ShopForm(Kept):
    """What a shop is called, how it is reached, and how it counts days and money."""

    name = forms.CharField(
        label=pgettext_lazy("a shop", "Name"), max_length=120, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    colour = forms.CharField(label=gettext_lazy("Colour"), widget=forms.TextInput(attrs={"type": "color"}))
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        help_text=gettext_lazy("Customers’ answers come here, and so does the notice of a new order."),
        widget=forms.EmailInput(attrs={"dir": "ltr"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr"}),
    )
    address = forms.CharField(
        label=gettext_lazy("Postal address"),
        max_length=250,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    legal_name = forms.CharField(
        label=gettext_lazy("Name in the register"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("Where it is another than the name on the sign."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    tax_number = forms.CharField(
        label=gettext_lazy("Tax number"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("As it is to stand on invoices, with its name, such as “VAT 12345678”."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    paper_note = forms.CharField(
        label=gettext_lazy("Note on invoices"),
        max_length=600,
        required=False,
        help_text=gettext_lazy("Bank account, terms of payment, a word of thanks."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    paper_years = Whole(
        label=gettext_lazy("Years for which invoices have to be kept"),
        least=1,
        most=50,
        help_text=gettext_lazy("As the law of your country says. So long they name a buyer who was erased."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Main language"), choices=LANGUAGE_CHOICES)
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages of your customers"),
        choices=LANGUAGE_CHOICES,
        help_text=gettext_lazy(
            "Templates are offered in these. A customer is written to in their own language in any case."
        ),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    calendar = forms.ChoiceField(label=gettext_lazy("Calendar"), choices=Calendar.choices)
    timezone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    currency = forms.CharField(
        label=gettext_lazy("Currency"),
        max_length=3,
        help_text=gettext_lazy("Three letters, such as UAH, IRT, HKD. Orders that exist keep theirs."),
        widget=forms.TextInput(attrs={"dir": "ltr", "list": "currencies", "autocomplete": "off", "size": 6}),
    )
    country = forms.CharField(
        label=gettext_lazy("Country"),
        max_length=2,
        required=False,
        help_text=gettext_lazy(
            "Two letters, such as UA, IR, HK. Phone numbers without a country code are read as of here."
        ),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "size": 4}),
    )
    default_owner = forms.ModelChoiceField(
        Membership.objects.none(),
        label=gettext_lazy("Responsible by default"),
        empty_label=None,
        help_text=gettext_lazy("Every order has somebody responsible; new ones have this person."),
    )
    stale_after_days = Whole(
        label=gettext_lazy("Days until an unpaid order is stale"),
        least=1,
        most=365,
        help_text=gettext_lazy("After that it is shown under Review."),
    )
    return_days = Whole(
        label=gettext_lazy("Days in which customers can return goods"),
        most=365,
        help_text=gettext_lazy("Counted from the day of delivery. 0: no returns are offered."),
    )
    answer_days = Whole(
        label=gettext_lazy("Working days in which you answer a request"),
        least=1,
        most=60,
        help_text=gettext_lazy("Customers who ask to cancel or to return are told the day."),
    )

    def __init__(self, shop: Shop, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        owner, zone = self.fields["default_owner"], self.fields["timezone"]
        assert isinstance(owner, forms.ModelChoiceField)
        assert isinstance(zone, forms.ChoiceField)
        owner.queryset = shop.memberships.filter(active=True).select_related("user")
        owner.choices = [(member.pk, str(member)) for member in naming.staff(shop)]
        zone.choices = _zones(shop, timezone.now())

    def clean_colour(self) -> str:
        """The colour in lower case, as it is compared."""
        return str(self.cleaned_data["colour"]).lower()

    def clean_currency(self) -> str:
        """A currency that exists."""
        code = str(self.cleaned_data["currency"]).upper()
        if code not in list_currencies() and code != TOMAN:
            raise ValidationError(_("There is no such currency. Write its three letters, such as UAH."))
        return code

    def clean_country(self) -> str:
        """A country's code in capitals."""
        code = str(self.cleaned_data["country"]).upper()
        if code and not (code.isascii() and code.isalpha() and len(code) == 2):
            raise ValidationError(_("Write the two letters of the country, such as UA."))
        return code

    def clean(self) -> dict[str, Any]:
        """The main language is always one of the shop's."""
        cleaned = self.cleaned_data
        if "language" in cleaned and "languages" in cleaned:
            wanted = {cleaned["language"], *cleaned["languages"]}
            cleaned["languages"] = [code for code, _name in LANGUAGE_CHOICES if code in wanted]
        return cleaned


class MessagesForm(Kept):
    """When messages go and by what."""

    hold_back_seconds = Minutes(
        label=gettext_lazy("Minutes a message is held back"),
        most=24 * 60,
        help_text=gettext_lazy(
            "If the order moves again meanwhile, or the move is undone, the customer gets one message or none. The"
            " confirmation of the order itself always goes."
        ),
    )
    undo_seconds = Minutes(
        label=gettext_lazy("Minutes in which a move can be undone"),
        most=24 * 60,
        help_text=gettext_lazy("As long as its message has not gone out."),
    )
    letters_stand_in = forms.BooleanField(
        label=gettext_lazy("Tell by SMS who cannot be told by e-mail, and the reverse"),
        required=False,
        help_text=gettext_lazy(
            "Who gave only a phone number, or whose e-mail came back, is told by SMS what others read."
        ),
    )
    feedback_days = Whole(
        label=gettext_lazy("Days until customers are asked how it was"),
        most=90,
        help_text=gettext_lazy("Once for each order that is done. 0: they are not asked."),
    )
    recommends = forms.BooleanField(
        label=gettext_lazy("Recommend what others bought together with it"),
        required=False,
        help_text=gettext_lazy("In the last message and on the order’s page, as soon as enough orders are known."),
    )
    fax_gateway = forms.CharField(
        label=gettext_lazy("Fax service"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "The address of an e-mail-to-fax service, with {to} where the number goes, such as {to}@fax.example."
        ),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_fax_gateway(self) -> str:
        """An address that faxes can be sent to, or none."""
        gateway = str(self.cleaned_data["fax_gateway"]).strip()
        check_gateway(gateway)
        return gateway


class NoticeForm(Dressed):
    """Where else the shop is told of new orders."""

    channel = forms.ChoiceField(label=gettext_lazy("By"), choices=[(one.value, one.label) for one in TO_PEOPLE_OF_SHOP])
    address = forms.CharField(
        label=gettext_lazy("Address or number"), max_length=254, widget=forms.TextInput(attrs={"dir": "ltr"})
    )

    def clean_address(self) -> str:
        """Numbers in Latin digits."""
        return digits.latin(self.cleaned_data["address"])


@staff(May.SETTINGS)
@in_turn
@require_http_methods(["GET", "POST"])
def shop(request: StaffRequest) -> HttpResponseBase:
    """The shop itself."""
    records = (request.shop, OrderSettings.of(request.shop), PaperSettings.of(request.shop))
    initial = values(ShopForm.base_fields, *records)
    form = ShopForm(request.shop, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_shop(*records, **form.cleaned_data)
        except ValidationError as problem:
            form.refuse(problem)
            request.shop.refresh_from_db()
        else:
            toast(request, _("The settings are saved."))
            return redirect("desk:settings", request.shop.slug)
    context = {
        "form": form,
        "tab": "shop",
        "currencies": ["UAH", "IRT", "IRR", "HKD", "USD", "EUR", "AED", "SAR", "KWD", "TWD"],
    }
    return render(request, "desk/settings/settings_shop.html", context, status=422 if form.errors else 200)


@staff(May.SETTINGS)
@in_turn
@require_http_methods(["GET", "POST"])
def messages(request: StaffRequest) -> HttpResponseBase:
    """When and by what customers are told."""
    records = _of_messages(request.shop)
    form = MessagesForm(request.POST or None, initial=values(MessagesForm.base_fields, *records))
    if request.method == "POST" and form.is_valid():
        operations.change_shop(*records, **form.cleaned_data)
        toast(request, _("The settings are saved."))
        return redirect("desk:settings-messages", request.shop.slug)
    return _messages_page(request, form=form)


@staff(May.SETTINGS)
@require_POST
def test_message(request: StaffRequest) -> HttpResponseBase:
    """Send oneself a test by e-mail."""
    recipient = request.user.email
    if letters.may_test(request):
        answer = letters.test_message(request.shop, recipient, request.user.language)
        sent = answer.state == State.SENT
        toast(request, f"{recipient}: {letters.explain(answer)}", level="ok" if sent else "error")
    return redirect("desk:settings-messages", request.shop.slug)


@staff(May.SETTINGS)
@require_POST
def notice_add(request: StaffRequest) -> HttpResponseBase:
    """Tell one more address of new orders."""
    form = NoticeForm(request.POST)
    if form.is_valid():
        try:
            tell_also(request.shop, **form.cleaned_data)
        except ValidationError as problem:
            form.add_error("address", problem)
    if form.errors:
        return _messages_page(request, notice=form)
    toast(request, _("New orders are told there as well from now on."))
    return redirect("desk:settings-messages", request.shop.slug)


@staff(May.SETTINGS)
@require_POST
def notice_remove(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Tell an address no more."""
    try:
        tell_no_more(request.shop, pk)
    except NoticeAddress.DoesNotExist as unknown:
        raise Http404 from unknown
    toast(request, _("New orders are not told there any more."))
    return redirect("desk:settings-messages", request.shop.slug)


def _of_messages(shop: Shop) -> tuple[Shop, MessageSettings, FeedbackSettings, OrderSettings]:
    """Where what the page of messages says is kept."""
    return shop, MessageSettings.of(shop), FeedbackSettings.of(shop), OrderSettings.of(shop)


def _messages_page(request: StaffRequest, **bound: Dressed) -> HttpResponseBase:
    form = bound.pop("form", None) or MessagesForm(
        initial=values(MessagesForm.base_fields, *_of_messages(request.shop))
    )
    account = service.of(request.shop)
    context: dict[str, Any] = {
        "form": form,
        "sms": account,
        "sms_provider": providers()[account.provider] if account else None,
        "unreached": unreached(request.shop),
        "notice": NoticeForm(),
        "notice_addresses": notice_addresses(request.shop),
        "tab": "messages",
    } | bound
    wrong = bool(form.errors) or any(one.errors for one in bound.values())
    return render(request, "desk/settings/settings_messages.html", context, status=422 if wrong else 200)
