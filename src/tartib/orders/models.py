"""An order's particulars beside its case, its lines, and the rates by which a shop taxes them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tartib.cases.models import Case, PaymentState
from tartib.catalog.models import Product
from tartib.catalog.window import Listing
from tartib.customers.address import Address
from tartib.l10n import names
from tartib.orders.requests import CustomerRequest, RequestedLine, RequestPhoto
from tartib.shops.keys import in_shop
from tartib.shops.models import Shop
from tartib.shops.room_settings import RoomSettings

__all__ = ("BoughtWith", "CustomerRequest", "Line", "Order", "RequestPhoto", "RequestedLine", "TaxRate")


def _money(label: Any, default: int | None = 0) -> models.DecimalField[Any, Any]:
    return models.DecimalField(label, max_digits=16, decimal_places=3, default=default)


class PaymentMethod(models.TextChoices):
    """How the customer said they would pay."""

    ONLINE = "online", _("Online")
    BANK = "bank", _("Bank transfer")
    ON_RECEIPT = "on-receipt", _("Cash on delivery")
    CARD_PRESENT = "card-present", _("In the shop")
    OTHER = "other", _("Other")


class DeliveryKind(models.TextChoices):
    """How the customer gets the goods, where it is known; the words are those a workflow uses (`CIRCUMSTANCES`).

    Whether a carrier brings it home is not always known; that the shop's own courier does is.
    """

    HOME = "home", _("To the customer’s address")
    COURIER = "courier", _("By our own courier")
    BRANCH = "branch", _("To a carrier’s branch")
    PICKUP = "pickup", _("Picked up from us")


class OrderSettings(RoomSettings):
    """How long a shop gives people to pay, to ask for returns and to be answered, how long orders wait before dispatch,
    and whether it recommends.

    `dispatch_hold_hours` is None where the shop has not said otherwise than its workflow (`flow.presets.hold_hours`).
    """

    pay_minutes = models.PositiveSmallIntegerField(
        _("minutes goods are held while paying"),
        default=30,
        validators=[MinValueValidator(5), MaxValueValidator(1_440)],
    )
    stale_after_days = models.PositiveSmallIntegerField(_("days until an incomplete order is stale"), default=7)
    return_days = models.PositiveSmallIntegerField(
        _("days in which goods can be returned"), default=14, validators=[MaxValueValidator(365)]
    )
    answer_days = models.PositiveSmallIntegerField(
        _("working days in which requests are answered"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    recommends = models.BooleanField(_("recommends what is bought together"), default=True)
    dispatch_hold_hours = models.PositiveSmallIntegerField(_("hours before dispatch"), null=True, blank=True)
    hold_in_worktime = models.BooleanField(_("count these in working hours"), default=False)


class TaxRate(models.Model):
    """A percent of tax, for a place and a class of products. Empty is everywhere, and products without a class."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="tax_rates", db_index=False)
    country = models.CharField(_("country"), max_length=2, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    tax_class = models.CharField(_("tax class"), max_length=20, blank=True)
    percent = models.DecimalField(_("percent"), max_digits=6, decimal_places=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "country", "region", "tax_class"], name="tax_rate_once"),
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="tax_rate_possible"),
        ]

    def __str__(self) -> str:
        return f"{self.country or '*'} {self.tax_class} {self.percent}"


class Order(models.Model):
    """An order. Its total is the case's amount; what has been paid is stated by payments.

    `shipping_tax_percent`, as that of its lines, is the percent by which it was taxed, and None where that is not
    known: of orders from elsewhere, and where somebody wrote the tax. Once such an order is edited, `told_tax` is the
    tax that it had before, and `told_on` what that was on.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="order")
    # That there is such a shop is checked once, with the case.
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    number = models.CharField(_("order number"), max_length=64, blank=True)
    source = models.CharField(max_length=64, blank=True)
    external_id = models.CharField(max_length=64, blank=True)
    content = models.CharField(
        max_length=60, blank=True, help_text="What tells an imported order from another with the same number."
    )
    subtotal = _money(_("subtotal"))
    shipping = _money(_("shipping"))
    discount = _money(_("discount"))
    tax = _money(_("tax"))
    tax_included = models.BooleanField(_("tax is part of the prices"), default=False)
    shipping_tax_percent = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    told_tax = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    told_on = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    discount_code = models.CharField(_("discount code"), max_length=40, blank=True)
    payment_method = models.CharField(_("payment method"), max_length=16, choices=PaymentMethod, default="other")
    payment_method_name = models.CharField(max_length=80, blank=True)
    shipping_method = models.CharField(_("shipping method"), max_length=80, blank=True)
    delivery = models.CharField(_("kind of delivery"), max_length=10, choices=DeliveryKind, blank=True)
    shipping_address: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    billing_address: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    customer_note = models.TextField(_("customer's words"), blank=True)
    ip = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    ip_country = models.CharField(_("country of the IP address"), max_length=2, blank=True)
    points = models.PositiveIntegerField(_("points"), default=0)
    points_approved = models.BooleanField(_("points approved"), default=False)
    points_spent = models.PositiveIntegerField(_("points spent"), default=0)
    points_value = _money(_("worth of the points spent"))
    points_tax = _money(_("tax less because of them"))
    points_off = models.BooleanField(default=False, help_text="Whether their worth is off the total now.")
    sent_on = models.DateField(_("date sent"), null=True, blank=True)
    delivered_on = models.DateField(_("date delivered"), null=True, blank=True)
    carrier = models.CharField(_("carrier"), max_length=60, blank=True)
    tracking_number = models.CharField(_("freight reference number"), max_length=80, blank=True)
    tracking_url = models.URLField(_("tracking link"), max_length=500, blank=True)
    held_until = models.DateTimeField(null=True, help_text="Until when its goods are held for a payment.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "source", "external_id"], name="order_external_once", condition=~Q(external_id="")
            ),
            models.CheckConstraint(
                condition=Q(subtotal__gte=0, shipping__gte=0, discount__gte=0, tax__gte=0, points_value__gte=0),
                name="order_money_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(shipping_tax_percent=None) | Q(shipping_tax_percent__gte=0, shipping_tax_percent__lte=100),
                name="order_tax_percent_possible",
            ),
        ]
        indexes = [
            models.Index(fields=["shop", "number"], name="order_by_number"),
            models.Index(fields=["held_until"], name="order_by_hold", condition=Q(held_until__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number or self.case.code

    @property
    def ship_to(self) -> Address:
        """Where it goes."""
        return Address.read(self.shipping_address)

    @property
    def bill_to(self) -> Address:
        """Who is billed; the delivery address where none was given apart."""
        return Address.read(self.billing_address or self.shipping_address)

    @property
    def paid_by_points(self) -> Decimal:
        """How much of the discount comes from points that were spent."""
        return min(self.points_value, self.discount) if self.points_off else Decimal(0)

    @property
    def discount_else(self) -> Decimal:
        """How much of the discount does not come from points."""
        less: Decimal = self.discount - self.paid_by_points
        return less

    @property
    def pays_on_receipt(self) -> bool:
        """Whether it is paid when handed over, so that work starts unpaid."""
        return self.payment_method == PaymentMethod.ON_RECEIPT

    @property
    def circumstances(self) -> frozenset[str]:
        """What its workflow's words and steps may depend on, so far as it is known (`flow.workflow.CIRCUMSTANCES`)."""
        held = set(_PAYS.get(self.payment_method, ()))
        held |= {self.delivery, "home"} if self.delivery == DeliveryKind.COURIER else {self.delivery} - {""}
        if self.case.payment == PaymentState.PAID:
            held.add("paid")
        elif self.case.payment in (PaymentState.UNPAID, PaymentState.FAILED) and self.case.amount:
            held.add("unpaid")
        return frozenset(held)


_PAYS: dict[str, tuple[str, ...]] = {
    PaymentMethod.ONLINE: ("prepaid",),
    PaymentMethod.BANK: ("prepaid", "transfer"),
    PaymentMethod.ON_RECEIPT: ("on-receipt",),
}


class Line(models.Model):
    """One position of an order.

    `reserved` and `taken` mark how many of its pieces are reserved and have left the stock: whatever is repeated or
    reordered, stock moves by the difference to the mark, once. Of the pieces a customer gave back, `back` are on the
    shelf and are not taken again, and `lost` stay among those taken, since they never come back to it.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    sku = models.CharField(_("SKU"), max_length=64, blank=True)
    name = models.CharField(_("product"), max_length=250)
    variant = models.CharField(_("variant"), max_length=120, blank=True)
    quantity = models.PositiveIntegerField(_("quantity"))
    price = _money(_("price"))
    discount = _money(_("discount"))
    total = _money(_("total"))
    tax_percent = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    reserved = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    back = models.PositiveIntegerField(default=0)
    lost = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "position"], name="line_position_unique"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="line_quantity_positive"),
            models.CheckConstraint(
                condition=Q(price__gte=0, discount__gte=0, total__gte=0), name="line_money_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(
                    taken__lte=F("quantity") - F("back"), reserved__lte=F("quantity") - F("back"), lost__lte=F("taken")
                ),
                name="line_marks_within_quantity",
            ),
            models.CheckConstraint(
                condition=Q(tax_percent=None) | Q(tax_percent__gte=0, tax_percent__lte=100),
                name="line_tax_percent_possible",
            ),
            in_shop("orders_line"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name}"

    @property
    def called(self) -> str:
        """Its name with its variant, for plain text."""
        return f"{self.name} {names.in_one_piece(self.variant)}".strip()

    @property
    def came_back(self) -> int:
        """How many of its pieces the customer gave back."""
        return self.back + self.lost


class BoughtWith(models.Model):
    """Two listings that the same orders hold: of those who bought `listing`, so many bought `other` too.

    Counted anew by the worker (`orders.recommendations.count`). `place` 1 is the other that belongs to it most.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="+")
    orders = models.PositiveIntegerField()
    place = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["listing", "place"], name="bought_with_place_once"),
            models.CheckConstraint(condition=~Q(listing=F("other")), name="bought_with_another"),
        ]

    def __str__(self) -> str:
        return f"{self.listing_id} + {self.other_id}: {self.orders}"


class Choice(models.TextChoices):
    """What can become of an order whose goods were gone when its payment came."""

    REFUND = "refund", _("Get the money back")
    WAIT = "wait", _("Wait until it is there again")
    REPLACE = "replace", _("Take something else instead")


class Proposal(models.Model):
    """The question put to a customer whose payment came after the goods had gone, and their answer."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="proposal")
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    opened_at = models.DateTimeField()
    act_id = models.UUIDField(help_text="The act that opened it.")
    choice = models.CharField(_("choice"), max_length=10, choices=Choice, blank=True)
    words = models.TextField(_("customer's words"), blank=True)
    chosen_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(choice="", chosen_at__isnull=True) | (~Q(choice="") & Q(chosen_at__isnull=False)),
                name="proposal_chosen_when",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.choice or '?'}"
