"""The ledger of messages, one row per recipient and channel, and the templates a shop has written."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tartib.cases.models import Case
from tartib.customers.models import Customer
from tartib.notify.devices import PushKey, Subscription
from tartib.shops.models import LANGUAGE_CHOICES, Shop
from tartib.shops.secrets import SecretField

__all__ = ("Message", "NoticeAddress", "PushKey", "Subscription", "Template")


class Channel(models.TextChoices):
    """By what a message goes. Each has its own file in `channels/`."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    FAX = "fax", _("Fax")
    PUSH = "push", _("Push message")


TO_CUSTOMERS = (Channel.EMAIL, Channel.SMS, Channel.PUSH)
TO_PEOPLE_OF_SHOP = (Channel.EMAIL, Channel.SMS, Channel.FAX)


class MessageKind(models.TextChoices):
    """What a message is about and whom it is for."""

    STATUS = "status", _("To the customer: new status")
    OPENED = "opened", _("To the shop: new order")
    ANSWERED = "answered", _("To the shop: the customer’s answer")
    REPLY = "reply", _("To the customer: an answer of yours")
    FEEDBACK = "feedback", _("To the customer: how it was")
    REQUEST = "request", _("To the customer: a request to cancel or return")
    IDENTITY = "identity", _("To the customer: proof of identity asked for")
    WRITTEN = "written", _("To the shop: the customer’s words")
    CODE = "code", _("To the customer: one-time code")
    ADDRESS = "address", _("To the customer: an address was changed")
    DOMAIN = "domain", _("To the shop: its own domain")


DECLINED = (MessageKind.STATUS, MessageKind.FEEDBACK)
"""What a customer may decline; whatever they asked for themselves is answered."""
WITHOUT_CASE = (MessageKind.CODE, MessageKind.ADDRESS, MessageKind.DOMAIN)
"""What is about an account, or the shop itself, and no case."""
TO_SHOP = (MessageKind.OPENED, MessageKind.ANSWERED, MessageKind.WRITTEN, MessageKind.DOMAIN)


class State(models.TextChoices):
    """What became of a message. It is unsent while held, queued or sending; the others are final."""

    HELD = "held", _("Held back for a moment")
    QUEUED = "queued", _("Waiting to be sent")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    BOUNCED = "bounced", _("Address refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    MERGED = "merged", _("Merged with a newer message")
    WITHHELD = "withheld", _("Not sent")


UNSENT = (State.HELD, State.QUEUED, State.SENDING)
WAITING = (State.HELD, State.QUEUED)
TROUBLED = (State.FAILED, State.BOUNCED, State.WITHHELD)


class Reason(models.TextChoices):
    """Why a message is in its state, where that is Tartib's doing; what a provider says is in `answer`."""

    NONE = "", ""
    NO_SERVICE = "no-service", _("The shop has no SMS service yet. Enter one in the settings, then retry.")
    BAD_SERVICE = (
        "bad-service",
        _("The address of the SMS service is not valid. Correct it in the settings, then retry."),
    )
    INWARD_SERVICE = (
        "inward",
        _("The address of the SMS service leads into Tartib's own network. Enter another one, then retry."),
    )
    NO_FAX = "no-fax", _("The shop has no fax service yet. Enter one in the settings, then retry.")
    NO_CATCHER = "no-catcher", _("This is a practice shop and its message catcher is not running.")
    BAD_ADDRESS = "bad-address", _("The recipient's address is not valid. Correct it with the customer.")
    GIVEN_UP = "given-up", _("The provider could not be reached for a long time. Retry when it works again.")
    INTERRUPTED = "interrupted", _("Sending was interrupted again and again. Look at the worker's log, then retry.")
    UNDONE = "undone", _("The move was undone before the message was sent.")
    MOVED_ON = "moved-on", _("The case moved on before the message was sent, and that move is not told.")
    BY_HAND = "by-hand", _("Withdrawn by a member of staff.")
    GONE = "gone", _("The device takes in no messages any more.")
    TOO_LATE = "too-late", _("It could not be sent in the time it was good for.")


class Message(models.Model):
    """One message to one recipient by one channel: what is to be said, what was said, and what became of it.

    The row is the outbox: it is written in the transaction of the move, before anything is sent. `next_at` is when the
    worker is next to look at it: the end of the hold, the next attempt, or, while being sent, the end of the sender's
    lease. `subject`, `text` and `html` are the message as sent (empty before that, or where no copy is to be kept).
    Messages go when their case is deleted; what the timeline says of them stays. One about no case has no timeline.
    `secret` is what a message says that nobody may read here: encrypted until it is sent, gone after.
    """

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True, related_name="messages", db_index=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False,
        help_text="Whom one about no case is about, where its recipient alone does not say so.",
    )  # fmt: skip
    act_id = models.UUIDField(help_text="The act that is told of.")
    kind = models.CharField(max_length=10, choices=MessageKind)
    status = models.CharField(_("status"), max_length=40)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    recipient = models.CharField(_("recipient"), max_length=254)
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGE_CHOICES)
    note = models.TextField(_("note"), blank=True)
    secret = SecretField(blank=True, default="")
    good_until = models.DateTimeField(null=True, help_text="When it is of no use any more to send it.")
    keep_copy = models.BooleanField(_("keep a copy"), default=True)
    state = models.CharField(_("state"), max_length=10, choices=State)
    reason = models.CharField(max_length=12, choices=Reason, blank=True, default=Reason.NONE)
    replaced_by = models.UUIDField(null=True, help_text="The act that made this message needless.")
    hold_until = models.DateTimeField(_("held until"))
    next_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claimed_at = models.DateTimeField(null=True)
    subject = models.CharField(_("subject"), max_length=250, blank=True)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(blank=True)
    answer = models.CharField(_("provider's answer"), max_length=500, blank=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True, help_text="The same for every attempt to send it.")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "channel", "recipient"], name="message_held_once", condition=Q(state=State.HELD)
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="message_state_known"),
            models.CheckConstraint(
                condition=Q(state=State.SENT, sent_at__isnull=False) | (~Q(state=State.SENT) & Q(sent_at__isnull=True)),
                name="message_sent_has_time",
            ),
            models.CheckConstraint(
                condition=Q(case__isnull=False) | Q(kind__in=WITHOUT_CASE), name="message_about_a_case"
            ),
            models.CheckConstraint(condition=Q(state__in=UNSENT) | Q(secret=""), name="message_secret_forgotten"),
        ]
        indexes = [
            models.Index(fields=["case", "-id"], name="message_by_case"),
            models.Index(fields=["next_at"], name="message_unsent", condition=Q(state__in=UNSENT)),
            models.Index(fields=["act_id"], name="message_by_act"),
            models.Index(fields=["shop", "recipient"], name="message_of_code", condition=Q(case__isnull=True)),
            models.Index(fields=["customer"], name="message_of_person", condition=Q(customer__isnull=False)),
            models.Index(fields=["shop", "-id"], name="message_troubled", condition=Q(state__in=TROUBLED)),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.recipient}: {self.state}"


class Template(models.Model):
    """A shop's own wording for a status, channel and language. Where it has none, the wording that ships is used."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    status = models.CharField(_("status"), max_length=40)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGE_CHOICES)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"))
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "status", "channel", "language"], name="template_once"),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.channel} {self.language}"


class NoticeAddress(models.Model):
    """Where somebody of the shop is told of new orders (E7), besides the shop's own e-mail address."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="notice_addresses", db_index=False)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    address = models.CharField(_("address or number"), max_length=254)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "channel", "address"], name="notice_address_once")]

    def __str__(self) -> str:
        return f"{self.channel} {self.address}"
