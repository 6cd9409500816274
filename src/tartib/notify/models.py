"""The ledger of messages, one row per recipient and channel, and the templates a shop has written."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tartib.cases.models import Case, new_token
from tartib.customers.models import Customer
from tartib.notify.devices import PushKey, Subscription
from tartib.notify.trouble import Trouble
from tartib.shops.models import LANGUAGE_CHOICES, Shop
from tartib.shops.room_settings import RoomSettings
from tartib.shops.secrets import SecretField

__all__ = ("Message", "MessageSettings", "NoticeAddress", "PushKey", "SmsAccount", "Subscription", "Switch", "Template")


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

    PLACED = "placed", _("To the customer: we have it")
    STATUS = "status", _("To the customer: new status")
    OPENED = "opened", _("To the shop: new order")
    ANSWERED = "answered", _("To the shop: the customer’s answer")
    REPLY = "reply", _("To the customer: what you wrote")
    LEFT = "left", _("To the sender of an e-mail: what was left out of it")
    FEEDBACK = "feedback", _("To the customer: how it was")
    REQUEST = "request", _("To the customer: a request to cancel or return")
    IDENTITY = "identity", _("To the customer: proof of identity asked for")
    WRITTEN = "written", _("To the shop: the customer’s words")
    CODE = "code", _("To the customer: one-time code")
    ADDRESS = "address", _("To the customer: an address was changed")
    DOMAIN = "domain", _("To the shop: its own domain")
    SERVICE = "service", _("To the shop: its SMS service")
    TEST = "test", _("To the shop: a test")
    HANDED = "handed", _("To staff: with you now")
    ANCHOR = "anchor", _("To the owner: proof of the timelines")


NEWS = (MessageKind.PLACED, MessageKind.STATUS)
"""What tells a customer where their case stands: that it was opened, and each status after."""
DECLINED = (*NEWS, MessageKind.FEEDBACK)
"""What a customer may decline; whatever they asked for themselves is answered."""
WITHOUT_CASE = (
    MessageKind.CODE, MessageKind.ADDRESS, MessageKind.DOMAIN, MessageKind.SERVICE, MessageKind.TEST,
    MessageKind.HANDED, MessageKind.ANCHOR,
)  # fmt: skip
"""What is about an account, or the shop itself, and no case."""
TO_SHOP = (
    MessageKind.OPENED, MessageKind.ANSWERED, MessageKind.WRITTEN, MessageKind.DOMAIN, MessageKind.SERVICE,
    MessageKind.TEST, MessageKind.HANDED, MessageKind.ANCHOR,
)  # fmt: skip


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
    OFF = "off", _("Not told, as the shop set it")


UNSENT = (State.HELD, State.QUEUED, State.SENDING)
WAITING = (State.HELD, State.QUEUED)
TROUBLED = (State.FAILED, State.BOUNCED, State.WITHHELD)


class Reason(models.TextChoices):
    """Why a message is in its state, where that is Tartib's doing; what a provider says is in `answer`."""

    NONE = "", ""
    NO_SERVICE = "no-service", _("The shop has no SMS service yet. Choose one in the settings, then retry.")
    WAITS = "waits", _("The SMS service takes nothing at the moment; it goes by itself when it does. See the settings.")
    NOT_THERE = "not-there", _("It did not reach the phone.")
    REFUSED = "refused", _("The SMS service refuses to send it.")
    BAD_NUMBER = (
        "bad-number",
        _("This is not a phone number with its country code, such as +380441234567. Correct it with the customer."),
    )
    NO_SMS = "no-sms", _("No SMS can arrive at this number. Ask the customer for a mobile phone.")
    NO_FAX = "no-fax", _("The shop has no fax service yet. Enter one in the settings, then retry.")
    NO_CATCHER = "no-catcher", _("This is a practice shop and its message catcher is not running.")
    MAIL_AWAY = "mail-away", _("The mail server cannot be reached.")
    AWAY = "away", _("The service that sends it cannot be reached.")
    BAD_ADDRESS = "bad-address", _("The recipient's address is not valid. Correct it with the customer.")
    ALPHABET = (
        "alphabet",
        _("The mail server cannot write to addresses of this alphabet (SMTPUTF8). Ask the customer for another one."),
    )
    GIVEN_UP = "given-up", _("The provider could not be reached for a long time. Retry when it works again.")
    INTERRUPTED = "interrupted", _("Sending was interrupted again and again. Look at the worker's log, then retry.")
    UNDONE = "undone", _("The move was undone before the message was sent.")
    MOVED_ON = "moved-on", _("The status changed again before the message was sent, and that move is not told.")
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
    reference = models.CharField(max_length=80, blank=True, default="", help_text="The SMS provider's name for it.")
    parts = models.PositiveSmallIntegerField(_("parts"), null=True, help_text="How many SMS it took.")
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=4, null=True)
    price_currency = models.CharField(max_length=3, blank=True, default="")
    delivered_at = models.DateTimeField(_("delivered"), null=True, help_text="When the provider said it arrived.")
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
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True) | Q(state=State.SENT), name="message_delivered_was_sent"
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True, price_currency="") | (Q(price__gte=0) & ~Q(price_currency="")),
                name="message_price_has_currency",
            ),
            models.CheckConstraint(condition=Q(state__in=UNSENT) | Q(secret=""), name="message_secret_forgotten"),
        ]
        indexes = [
            models.Index(fields=["case", "-id"], name="message_by_case"),
            models.Index(fields=["next_at"], name="message_unsent", condition=Q(state__in=UNSENT)),
            models.Index(
                fields=["next_at"], name="message_urgent", condition=Q(state__in=UNSENT, good_until__isnull=False)
            ),
            models.Index(fields=["act_id"], name="message_by_act"),
            models.Index(fields=["shop", "recipient"], name="message_of_code", condition=Q(case__isnull=True)),
            models.Index(fields=["shop", "recipient"], name="message_bounced", condition=Q(state=State.BOUNCED)),
            models.Index(fields=["customer"], name="message_of_person", condition=Q(customer__isnull=False)),
            models.Index(fields=["shop", "-id"], name="message_troubled", condition=Q(state__in=TROUBLED)),
            models.Index(fields=["shop", "reference"], name="message_by_reference", condition=~Q(reference="")),
            models.Index(fields=["shop", "-created_at", "-id"], name="message_sms", condition=Q(channel=Channel.SMS)),
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


class Sending(models.TextChoices):
    """When a message goes by a channel."""

    ALWAYS = "always", _("Always")
    INSTEAD = "instead", _("Only where the other cannot reach them")
    NEVER = "never", _("Never")


class Switch(models.Model):
    """What a shop says of the messages about a status by a channel. Where it says nothing, the workflow does.

    The status "" stands for the confirmation that a case was opened, which goes by a letter in any case.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    status = models.CharField(_("status"), max_length=40, blank=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    sending = models.CharField(max_length=10, choices=Sending)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "status", "channel"], name="switch_once"),
            models.CheckConstraint(condition=Q(sending__in=Sending.values), name="switch_known"),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.channel}: {self.sending}"


class MessageSettings(RoomSettings):
    """By what a shop's messages go, besides its SMS service and its switches."""

    fax_gateway = models.CharField(_("fax service"), max_length=200, blank=True)
    letters_stand_in = models.BooleanField(
        _("who cannot be told by e-mail is told by SMS, and the reverse"), default=True
    )


class SmsAccount(models.Model):
    """A shop's account at a provider of SMS. What the shop entered is encrypted and never shown again.

    `trouble` is why the provider takes nothing from it at the moment, in whose words `said`, since `trouble_at`; texts
    wait meanwhile. `part_price` is what the shop says an SMS costs it, in its own currency.
    """

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, primary_key=True, related_name="sms_account")
    provider = models.CharField(max_length=20)
    keys = SecretField(default="", help_text="What the shop entered, as JSON.")
    token = models.CharField(max_length=22, unique=True, default=new_token, help_text="Part of its receipts' address.")
    part_price = models.DecimalField(_("price of an SMS"), max_digits=12, decimal_places=4, null=True)
    trouble = models.CharField(max_length=10, choices=Trouble, blank=True, default=Trouble.NONE)
    said = models.CharField(max_length=200, blank=True, default="")
    trouble_at = models.DateTimeField(null=True)
    credit = models.DecimalField(_("credit"), max_digits=14, decimal_places=4, null=True)
    credit_currency = models.CharField(max_length=3, blank=True, default="")
    credit_at = models.DateTimeField(null=True)
    receipt_at = models.DateTimeField(null=True, help_text="When the provider last told what became of a text.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(part_price__isnull=True) | Q(part_price__gte=0), name="sms_part_price"),
            models.CheckConstraint(
                condition=Q(trouble="", trouble_at__isnull=True) | (~Q(trouble="") & Q(trouble_at__isnull=False)),
                name="sms_trouble_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.provider

    @property
    def settings(self) -> dict[str, str]:
        """What the shop entered, by the provider's names for it. Empty when it cannot be read any more."""
        return dict(json.loads(self.keys)) if self.keys else {}

    @settings.setter
    def settings(self, entered: Mapping[str, str]) -> None:
        self.keys = json.dumps(dict(entered))


class NoticeAddress(models.Model):
    """Where somebody of the shop is told of new orders (E7), besides the shop's own e-mail address."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="notice_addresses", db_index=False)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    address = models.CharField(_("address or number"), max_length=254)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "channel", "address"], name="notice_address_once")]

    def __str__(self) -> str:
        return f"{self.channel} {self.address}"
