"""The forms of an order's page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields as parts_of
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tartib.cases.hooks import NotifyOptions
from tartib.cases.models import Case
from tartib.customers import contact
from tartib.customers.address import Address
from tartib.desk.days import Day
from tartib.flow.facts import Refusal
from tartib.flow.likeliest import NO_NUMBER
from tartib.flow.workflow import Move
from tartib.l10n import countries
from tartib.notify import service
from tartib.orders.models import Order
from tartib.orders.operations import Processing
from tartib.payments.models import Direction
from tartib.shipping.queries import tracking_url
from tartib.shops.models import LANGUAGE_CHOICES
from tartib.web import audience
from tartib.web.forms import Amount, Dressed, Whole
from tartib.web.postal import Places
from tartib.web.templatetags.tartib import said

CHANNELS = ("email", "sms", "push")
_PARTICULARS = (
    "points", "points_approved", "sent_on", "delivered_on", "carrier", "tracking_number", "tracking_url",
)  # fmt: skip


class Destinations(forms.Select):
    """The statuses one may choose. Each option names the channels by which its customer is told, unless one says else.

    `usual` holds these channels by status; "" those of leaving it as it is.
    """

    usual: Mapping[str, tuple[str, ...]] = MappingProxyType({})

    def create_option(self, name: str, value: Any, *given: Any, **options: Any) -> dict[str, Any]:
        """An option with its channels, for the page's ticks to follow."""
        option = super().create_option(name, value, *given, **options)
        option["attrs"]["data-tells"] = " ".join(self.usual.get(str(value), ()))
        return option


class Process(Dressed):
    """The one form (E3): status, remark, particulars, and whom to tell how.

    `offered` says which ticks the page set by itself: left so, the customer is told as the workflow says for the status
    chosen, whether or not a script let the ticks follow it.
    """

    # Any text: what may not be moved to is the engine's to refuse, with its reason.
    target = forms.CharField(label=gettext_lazy("New status"), required=False, max_length=40, widget=Destinations)
    note = forms.CharField(
        label=gettext_lazy("Remark"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    note_shown = forms.BooleanField(label=gettext_lazy("The customer sees the remark"), required=False)
    points = Whole(label=gettext_lazy("Points this order earns"), required=False)
    points_approved = forms.BooleanField(label=gettext_lazy("Approve the points"), required=False)
    sent_on = Day(label=gettext_lazy("Date sent"), required=False)
    delivered_on = Day(label=gettext_lazy("Date delivered"), required=False)
    carrier = forms.CharField(label=gettext_lazy("Carrier"), required=False, max_length=60)
    tracking_number = forms.CharField(
        label=gettext_lazy("Freight reference number"), required=False, max_length=80,
        widget=forms.TextInput(attrs={"dir": "ltr", "data-takes-scans": ""}),
    )  # fmt: skip
    tracking_url = forms.CharField(
        label=gettext_lazy("Tracking link"), required=False, max_length=500,
        widget=forms.TextInput(attrs={"dir": "ltr"}), validators=[URLValidator(schemes=["http", "https"])],
    )  # fmt: skip
    email = forms.BooleanField(label=gettext_lazy("Tell the customer by e-mail"), required=False)
    sms = forms.BooleanField(label=gettext_lazy("Tell the customer by SMS"), required=False)
    push = forms.BooleanField(label=gettext_lazy("Tell the customer by push message"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language of the message"), required=False)
    keep_copy = forms.BooleanField(label=gettext_lazy("Keep a copy of the message"), required=False)
    offered = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, case: Case, order: Order, likeliest: Move | None, may_edit: bool, target: str = ""
    ) -> None:
        moves = [move for move in case.flow.moves_from(case.status) if move.by == "hand"]
        likely = [("", likeliest)] if likeliest else []
        told = [*likely, *((move.target, move) for move in moves)]
        # What the shop cannot send at all is not ticked by itself.
        unready = () if service.of(case.shop) else ("sms",)
        usual = {"": (), **{to: tuple(name for name in move.notify if name not in unready) for to, move in told}}
        notify = usual.get(target, usual[""])
        initial = {name: getattr(order, name) for name in _PARTICULARS}
        initial |= {name: name in notify for name in CHANNELS}
        initial |= {"target": target, "offered": " ".join(notify), "keep_copy": True}
        super().__init__(data, initial=initial)
        self.order = order
        spoken = audience.current().language
        destinations = self.fields["target"].widget
        assert isinstance(destinations, Destinations)
        destinations.usual = usual
        destinations.choices = [("", _("Leave the status as it is"))] + [
            (move.target, case.flow.status(move.target).name.say(spoken)) for move in moves
        ]
        self.fields["language"].choices = [("", _("The customer’s")), *LANGUAGE_CHOICES]  # type: ignore[attr-defined]
        if not may_edit:
            for name in _PARTICULARS:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A new number without a link has the one that the shop's way of delivery makes of it."""
        given = super().clean() or self.cleaned_data
        number = given.get("tracking_number", "")
        if number and number != self.order.tracking_number and not given.get("tracking_url"):
            given["tracking_url"] = tracking_url(self.order.shop, given.get("carrier", ""), number)
        return given

    def processing(self) -> Processing:
        """What the whole form asks for."""
        given = self.cleaned_data
        ticked = frozenset(name for name in CHANNELS if given[name])
        channels = None if ticked == frozenset(given["offered"].split()) else ticked
        notify_options = NotifyOptions(channels, given["language"] or None, given["note_shown"], given["keep_copy"])
        particulars = {name: given[name] for name in _PARTICULARS if name in self.fields}
        return Processing(given["target"], given["note"].strip(), notify_options=notify_options, **particulars)


def particulars(form: Process) -> list[BoundField]:
    """Those fields of the one form that say what is so of the order; the others ask for an act."""
    return [form[name] for name in _PARTICULARS if name in form.fields]


class Parcel(Dressed):
    """A button beside the status: one move, the customer told as the workflow says.

    With a move that hands a parcel over goes its number, in the same act; `needed` where there is no such move without.
    """

    tracking_number = forms.CharField(
        label=gettext_lazy("Freight reference number"), required=False, max_length=80,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "data-takes-scans": ""}),
    )  # fmt: skip
    carrier = forms.CharField(
        label=gettext_lazy("Carrier (optional)"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, order: Order, target: str, needed: bool) -> None:
        super().__init__(data, initial={"carrier": order.carrier}, auto_id=f"{target.replace('%', '')}_%s")
        self.order, self.target = order, target
        number = self.fields["tracking_number"]
        number.required, number.error_messages["required"] = needed, said(Refusal(NO_NUMBER))
        if not needed:
            number.label = _("Freight reference number (optional)")

    def processing(self) -> Processing:
        """What the button asks for: an empty field leaves what the order says."""
        number, carrier = self.cleaned_data["tracking_number"], self.cleaned_data["carrier"]
        if not number:
            return Processing(self.target, carrier=carrier or None)
        url = tracking_url(self.order.shop, carrier or self.order.carrier, number) or None
        return Processing(self.target, carrier=carrier or None, tracking_number=number, tracking_url=url)


MOST_PHOTOS = 6


class PhotosInput(forms.ClearableFileInput):
    """Takes several pictures at once."""

    allow_multiple_selected = True


class Photos(forms.FileField):
    """A few pictures of the work."""

    widget = PhotosInput(attrs={"accept": "image/*", "multiple": True})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The pictures given, none to `MOST_PHOTOS`."""
        given = [super(Photos, self).clean(one, initial) for one in data or []]
        if len(given) > MOST_PHOTOS:
            raise forms.ValidationError(_("At most %d photos at a time.") % MOST_PHOTOS)
        return given


class Note(Dressed):
    """Words for staff, or for the customer too."""

    text = forms.CharField(label=gettext_lazy("Note"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))
    photos = Photos(label=gettext_lazy("Photos"), required=False)


class Payment(Dressed):
    """Money that came in or went back."""

    direction = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Direction.choices)
    amount = Amount(label=gettext_lazy("Amount"))
    method = forms.CharField(
        label=gettext_lazy("Payment method"), required=False, max_length=80,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )  # fmt: skip
    reference = forms.CharField(
        label=gettext_lazy("Reference"), required=False, max_length=120, widget=forms.TextInput(attrs={"dir": "ltr"})
    )
    verified = forms.BooleanField(label=gettext_lazy("I have verified it"), required=False)

    def __init__(self, data: Any = None, *, case: Case, due: Decimal) -> None:
        super().__init__(data, initial={"amount": due if due > 0 else None}, auto_id="pay_%s")
        amount = self.fields["amount"]
        assert isinstance(amount, Amount)
        amount.currency = case.currency

    def clean_amount(self) -> Decimal:
        """More than nothing, and not more than the books can hold."""
        amount: Decimal = self.cleaned_data["amount"]
        if amount <= 0 or amount.adjusted() > 11:
            raise ValidationError(_("Write an amount above zero."))
        return amount


class People(Dressed, Places):
    """Who the order is for and where it goes."""

    name = forms.CharField(label=pgettext_lazy("a person", "Name"), required=False, max_length=200)
    email = forms.CharField(label=gettext_lazy("E-mail"), required=False, max_length=254)
    phone = forms.CharField(label=gettext_lazy("Phone"), required=False, max_length=200)
    language = forms.ChoiceField(label=gettext_lazy("Language of this order’s messages"), choices=LANGUAGE_CHOICES)
    tell = forms.BooleanField(
        label=gettext_lazy("Tell the customer if the delivery address changes"), required=False, initial=True
    )

    def __init__(self, data: Any = None, *, case: Case, order: Order, written: Mapping[str, Any] | None = None) -> None:
        person = case.customer
        initial: dict[str, object] = {"language": case.language}
        if person is not None:
            initial |= {"name": person.name, "email": person.email, "phone": person.phone_said or person.phone}
        for prefix, address in (("ship", order.ship_to), ("bill", Address.read(order.billing_address))):
            initial |= {f"{prefix}_{name}": getattr(address, name) for name in ADDRESS_PARTS}
        initial |= {name: value for name, value in (written or {}).items() if name in self.base_fields}
        super().__init__(data, initial=initial, auto_id="people_%s")
        self.shop, self.reader = case.shop, audience.current().language
        for name, field in self.fields.items():
            if name.removeprefix("ship_").removeprefix("bill_") in _LATIN:
                field.widget.attrs["dir"] = "ltr"
            elif name not in {"language", "tell"}:
                field.widget.attrs["dir"] = "auto"
        self.ship, self.bill = self._place("ship"), self._place("bill")

    def _place(self, prefix: str) -> dict[str, list[BoundField]]:
        """The fields of one address as the page shows them: who is there, the country, the place."""
        country = self.fields[f"{prefix}_country"]
        assert isinstance(country, forms.ChoiceField)
        chosen = str(self[f"{prefix}_country"].value() or "")
        known = countries.listed(self.shop.country, self.reader)
        before = str(self.initial.get(f"{prefix}_country", ""))
        strange = [(before, before)] if before and before not in dict(known) else []
        country.choices = [("", "—"), *known, *strange]
        country.widget.attrs["data-place"] = f"{prefix}-place"
        place = self.settle(f"{prefix}_", chosen or self.shop.country, self.reader)
        return {
            "who": [self[f"{prefix}_{name}"] for name in ("name", "company", "phone", "email")],
            "country": [self[f"{prefix}_country"]],
            "place": place,
        }

    def clean_email(self) -> str:
        """The address in its one form. What was there before and is left alone stays."""
        return self._left("email") or contact.email(str(self.cleaned_data["email"]))

    def clean_phone(self) -> str:
        """As it was written; a new one that nobody could dial is refused."""
        written = str(self.cleaned_data["phone"]).strip()
        return self._left("phone") or contact.phone(written, self._country(), self.shop.country).written

    def clean(self) -> dict[str, Any]:
        """See that a postcode is one of its country, where it was changed; staff may leave out whatever they like."""
        given = super().clean() or self.cleaned_data
        for prefix in ("ship_", "bill_"):
            if {f"{prefix}postcode", f"{prefix}country"} & set(self.changed_data):
                self.check(prefix, given, needed=False)
        return given

    def address(self, prefix: str) -> Address:
        """The address typed under that prefix; one that was left alone is as it was."""
        given = {name: str(self.cleaned_data[f"{prefix}_{name}"]).strip() for name in ADDRESS_PARTS}
        if {f"{prefix}_{name}" for name in ADDRESS_PARTS} & set(self.changed_data):
            given |= self.settled(f"{prefix}_", self.cleaned_data)
        return Address(**given)

    def _left(self, name: str) -> str:
        return "" if name in self.changed_data else str(self.cleaned_data[name])

    def _country(self) -> str:
        return str(self["ship_country"].value() or "")


_LATIN = frozenset({"email", "phone", "postcode"})
ADDRESS_PARTS = tuple(part.name for part in parts_of(Address))
ADDRESS_LABELS = {
    "name": gettext_lazy("Recipient"),
    "company": gettext_lazy("Company"),
    "line1": gettext_lazy("Street and house"),
    "line2": gettext_lazy("Flat, floor, entrance"),
    "city": gettext_lazy("City"),
    "region": gettext_lazy("Region"),
    "postcode": gettext_lazy("Postcode"),
    "country": gettext_lazy("Country"),
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("E-mail"),
}
for _prefix in ("ship", "bill"):
    for _name in ADDRESS_PARTS:
        People.base_fields[f"{_prefix}_{_name}"] = (
            forms.ChoiceField(label=ADDRESS_LABELS[_name], required=False)
            if _name == "country"
            else forms.CharField(label=ADDRESS_LABELS[_name], required=False, max_length=250)
        )


class Deletion(Dressed):
    """Why an order is deleted."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.TextInput(attrs={"dir": "auto"})
    )
