"""What customers ask of an order, to cancel it or to send goods back: a record of its own beside the order's status."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tartib.cases.models import Case
from tartib.files.models import Upload
from tartib.shops.keys import in_shop
from tartib.shops.models import Shop


class RequestKind(models.TextChoices):
    """What is asked for."""

    CANCEL = "cancel", _("Cancellation")
    RETURN = "return", _("Return")


class RequestState(models.TextChoices):
    """How far it is: a requested one waits for the shop, an approved one for the goods and the money."""

    REQUESTED = "requested", _("Requested")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DONE = "done", _("Carried out")


OPEN = (RequestState.REQUESTED, RequestState.APPROVED)
"""Those under way: of each kind an order has one at most."""


class RequestReason(models.TextChoices):
    """Why, as customers choose it."""

    MISTAKE = "mistake", _("Ordered by mistake")
    MIND = "mind", _("Changed my mind")
    LATE = "late", _("It takes too long")
    CHEAPER = "cheaper", _("Found it elsewhere")
    DAMAGED = "damaged", _("It arrived damaged")
    FAULTY = "faulty", _("It does not work")
    WRONG = "wrong", _("Something else was sent")
    UNLIKE = "unlike", _("Not as described")
    FIT = "fit", _("It does not fit")
    OTHER = "other", _("Another reason")


REASONS: dict[str, tuple[RequestReason, ...]] = {
    RequestKind.CANCEL: (
        RequestReason.MIND, RequestReason.MISTAKE, RequestReason.LATE, RequestReason.CHEAPER, RequestReason.OTHER,
    ),
    RequestKind.RETURN: (
        RequestReason.DAMAGED, RequestReason.FAULTY, RequestReason.WRONG, RequestReason.UNLIKE, RequestReason.FIT,
        RequestReason.MIND, RequestReason.OTHER,
    ),
}  # fmt: skip


class CustomerRequest(models.Model):
    """A customer's request about an order, and what the shop answered.

    The order stays in its status meanwhile. `due_at` is when the shop owes its answer; `answer` are its words to the
    customer; `arrived_at` is when goods that were to come back did. `act_id` is the move that carried it out, if one
    did, so that undoing the move opens it again.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="customer_requests", db_index=False)
    # That there is such a shop is checked with the case.
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    kind = models.CharField(_("kind"), max_length=8, choices=RequestKind)
    state = models.CharField(_("state"), max_length=10, choices=RequestState, default=RequestState.REQUESTED)
    reason = models.CharField(_("reason"), max_length=10, choices=RequestReason, blank=True)
    words = models.TextField(_("customer's words"), blank=True)
    asked_at = models.DateTimeField(_("asked"))
    due_at = models.DateTimeField(_("to be answered by"))
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = models.CharField(_("answered by"), max_length=150, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    arrived_at = models.DateTimeField(_("goods came back"), null=True)
    closed_at = models.DateTimeField(null=True)
    act_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"], name="request_open_once", condition=Q(state__in=["requested", "approved"])
            ),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "withdrawn"]) | Q(answered_at__isnull=False),
                name="request_answered_when",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "approved"], closed_at__isnull=True)
                | (~Q(state__in=["requested", "approved"]) & Q(closed_at__isnull=False)),
                name="request_closed_when",
            ),
            in_shop("orders_customerrequest"),
        ]
        indexes = [
            models.Index(fields=["case", "-id"], name="request_by_case"),
            models.Index(fields=["shop", "due_at"], name="request_to_answer", condition=Q(state="requested")),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}: {self.state}"

    @property
    def open(self) -> bool:
        """Whether something is still to be done about it."""
        return self.state in OPEN


class RequestedLine(models.Model):
    """Pieces of a line that a request is about; how many of them the shop agreed to, and how many came back."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    request = models.ForeignKey(CustomerRequest, on_delete=models.CASCADE, related_name="lines", db_index=False)
    line = models.ForeignKey("orders.Line", on_delete=models.CASCADE, related_name="+")
    pieces = models.PositiveIntegerField(_("quantity"))
    agreed = models.PositiveIntegerField(_("agreed to"), default=0)
    back = models.PositiveIntegerField(_("came back"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "line"], name="requested_line_once"),
            models.CheckConstraint(
                condition=Q(pieces__gt=0, agreed__lte=F("pieces"), back__lte=F("agreed")),
                name="requested_line_possible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pieces} × {self.line_id}"

    @property
    def left(self) -> int:
        """The pieces agreed to that have not come back yet."""
        return self.agreed - self.back


class RequestPhoto(models.Model):
    """A photo a customer gave with a request. It is private: shown to the two sides alone."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    request = models.ForeignKey(CustomerRequest, on_delete=models.CASCADE, related_name="photos")
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.upload)
