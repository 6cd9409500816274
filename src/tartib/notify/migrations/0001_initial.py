import uuid

import django.db.models.deletion
from django.db import migrations, models

import tartib.cases.models
import tartib.shops.secrets


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_initial"),
        ("customers", "0001_initial"),
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="MessageSettings",
            fields=[
                (
                    "shop",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="shops.shop",
                    ),
                ),
                ("fax_gateway", models.CharField(blank=True, max_length=200, verbose_name="fax service")),
                (
                    "letters_stand_in",
                    models.BooleanField(
                        default=True, verbose_name="who cannot be told by e-mail is told by SMS, and the reverse"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PushKey",
            fields=[
                (
                    "shop",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="shops.shop",
                    ),
                ),
                ("private", tartib.shops.secrets.SecretField()),
                ("public", models.CharField(max_length=90)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="SmsAccount",
            fields=[
                (
                    "shop",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="sms_account",
                        serialize=False,
                        to="shops.shop",
                    ),
                ),
                ("provider", models.CharField(max_length=20)),
                ("keys", tartib.shops.secrets.SecretField(default="", help_text="What the shop entered, as JSON.")),
                (
                    "token",
                    models.CharField(
                        default=tartib.cases.models.new_token,
                        help_text="Part of its receipts' address.",
                        max_length=22,
                        unique=True,
                    ),
                ),
                (
                    "part_price",
                    models.DecimalField(decimal_places=4, max_digits=12, null=True, verbose_name="price of an SMS"),
                ),
                (
                    "trouble",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", ""),
                            ("key", "The provider does not accept the key. Enter the right one."),
                            (
                                "credit",
                                "There is no credit left with the provider. Top it up there; what waits then goes by itself.",
                            ),
                            ("sender", "The provider does not accept the sender. Enter one that is yours there."),
                            (
                                "closed",
                                "The provider has closed or limited the account. See its own pages for the reason.",
                            ),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("said", models.CharField(blank=True, default="", max_length=200)),
                ("trouble_at", models.DateTimeField(null=True)),
                ("credit", models.DecimalField(decimal_places=4, max_digits=14, null=True, verbose_name="credit")),
                ("credit_currency", models.CharField(blank=True, default="", max_length=3)),
                ("credit_at", models.DateTimeField(null=True)),
                (
                    "receipt_at",
                    models.DateTimeField(help_text="When the provider last told what became of a text.", null=True),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("part_price__isnull", True), ("part_price__gte", 0), _connector="OR"),
                        name="sms_part_price",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("trouble", ""), ("trouble_at__isnull", True)),
                            models.Q(models.Q(("trouble", ""), _negated=True), ("trouble_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="sms_trouble_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act_id", models.UUIDField(help_text="The act that is told of.")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("placed", "To the customer: we have it"),
                            ("status", "To the customer: new status"),
                            ("opened", "To the shop: new order"),
                            ("answered", "To the shop: the customer’s answer"),
                            ("reply", "To the customer: what you wrote"),
                            ("left", "To the sender of an e-mail: what was left out of it"),
                            ("feedback", "To the customer: how it was"),
                            ("request", "To the customer: a request to cancel or return"),
                            ("identity", "To the customer: proof of identity asked for"),
                            ("written", "To the shop: the customer’s words"),
                            ("code", "To the customer: one-time code"),
                            ("address", "To the customer: an address was changed"),
                            ("domain", "To the shop: its own domain"),
                            ("service", "To the shop: its SMS service"),
                            ("test", "To the shop: a test"),
                            ("handed", "To staff: with you now"),
                            ("anchor", "To the owner: proof of the timelines"),
                        ],
                        max_length=10,
                    ),
                ),
                ("status", models.CharField(max_length=40, verbose_name="status")),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "E-mail"), ("sms", "SMS"), ("fax", "Fax"), ("push", "Push message")],
                        max_length=10,
                        verbose_name="channel",
                    ),
                ),
                ("recipient", models.CharField(max_length=254, verbose_name="recipient")),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("en", "English"),
                            ("ar", "العربية"),
                            ("fa", "فارسی"),
                            ("uk", "Українська"),
                            ("zh-hant", "繁體中文"),
                        ],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("secret", tartib.shops.secrets.SecretField(blank=True, default="")),
                ("good_until", models.DateTimeField(help_text="When it is of no use any more to send it.", null=True)),
                ("keep_copy", models.BooleanField(default=True, verbose_name="keep a copy")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("held", "Held back for a moment"),
                            ("queued", "Waiting to be sent"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("bounced", "Address refused"),
                            ("withdrawn", "Withdrawn"),
                            ("merged", "Merged with a newer message"),
                            ("withheld", "Not sent"),
                            ("off", "Not told, as the shop set it"),
                        ],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", ""),
                            ("no-service", "The shop has no SMS service yet. Choose one in the settings, then retry."),
                            (
                                "waits",
                                "The SMS service takes nothing at the moment; it goes by itself when it does. See the settings.",
                            ),
                            ("not-there", "It did not reach the phone."),
                            ("refused", "The SMS service refuses to send it."),
                            (
                                "bad-number",
                                "This is not a phone number with its country code, such as +380441234567. Correct it with the customer.",
                            ),
                            ("no-sms", "No SMS can arrive at this number. Ask the customer for a mobile phone."),
                            ("no-fax", "The shop has no fax service yet. Enter one in the settings, then retry."),
                            ("no-catcher", "This is a practice shop and its message catcher is not running."),
                            ("mail-away", "The mail server cannot be reached."),
                            ("away", "The service that sends it cannot be reached."),
                            ("bad-address", "The recipient's address is not valid. Correct it with the customer."),
                            (
                                "alphabet",
                                "The mail server cannot write to addresses of this alphabet (SMTPUTF8). Ask the customer for another one.",
                            ),
                            (
                                "given-up",
                                "The provider could not be reached for a long time. Retry when it works again.",
                            ),
                            (
                                "interrupted",
                                "Sending was interrupted again and again. Look at the worker's log, then retry.",
                            ),
                            ("undone", "The move was undone before the message was sent."),
                            ("moved-on", "The status changed again before the message was sent, and that move is not told."),
                            ("by-hand", "Withdrawn by a member of staff."),
                            ("gone", "The device takes in no messages any more."),
                            ("too-late", "It could not be sent in the time it was good for."),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                ("replaced_by", models.UUIDField(help_text="The act that made this message needless.", null=True)),
                ("hold_until", models.DateTimeField(verbose_name="held until")),
                ("next_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("claimed_at", models.DateTimeField(null=True)),
                ("subject", models.CharField(blank=True, max_length=250, verbose_name="subject")),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("html", models.TextField(blank=True)),
                ("answer", models.CharField(blank=True, max_length=500, verbose_name="provider's answer")),
                (
                    "reference",
                    models.CharField(
                        blank=True, default="", help_text="The SMS provider's name for it.", max_length=80
                    ),
                ),
                (
                    "parts",
                    models.PositiveSmallIntegerField(
                        help_text="How many SMS it took.", null=True, verbose_name="parts"
                    ),
                ),
                ("price", models.DecimalField(decimal_places=4, max_digits=12, null=True, verbose_name="price")),
                ("price_currency", models.CharField(blank=True, default="", max_length=3)),
                (
                    "delivered_at",
                    models.DateTimeField(
                        help_text="When the provider said it arrived.", null=True, verbose_name="delivered"
                    ),
                ),
                (
                    "key",
                    models.UUIDField(
                        default=uuid.uuid4, help_text="The same for every attempt to send it.", unique=True
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="cases.case",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        help_text="Whom one about no case is about, where its recipient alone does not say so.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="shops.shop"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["case", "-id"], name="message_by_case"),
                    models.Index(
                        condition=models.Q(("state__in", ("held", "queued", "sending"))),
                        fields=["next_at"],
                        name="message_unsent",
                    ),
                    models.Index(
                        condition=models.Q(("good_until__isnull", False), ("state__in", ("held", "queued", "sending"))),
                        fields=["next_at"],
                        name="message_urgent",
                    ),
                    models.Index(fields=["act_id"], name="message_by_act"),
                    models.Index(
                        condition=models.Q(("case__isnull", True)), fields=["shop", "recipient"], name="message_of_code"
                    ),
                    models.Index(
                        condition=models.Q(("state", "bounced")), fields=["shop", "recipient"], name="message_bounced"
                    ),
                    models.Index(
                        condition=models.Q(("customer__isnull", False)), fields=["customer"], name="message_of_person"
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("failed", "bounced", "withheld"))),
                        fields=["shop", "-id"],
                        name="message_troubled",
                    ),
                    models.Index(
                        condition=models.Q(("reference", ""), _negated=True),
                        fields=["shop", "reference"],
                        name="message_by_reference",
                    ),
                    models.Index(
                        condition=models.Q(("channel", "sms")),
                        fields=["shop", "-created_at", "-id"],
                        name="message_sms",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "held")),
                        fields=("case", "kind", "channel", "recipient"),
                        name="message_held_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "held",
                                    "queued",
                                    "sending",
                                    "sent",
                                    "failed",
                                    "bounced",
                                    "withdrawn",
                                    "merged",
                                    "withheld",
                                    "off",
                                ],
                            )
                        ),
                        name="message_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", False), ("state", "sent")),
                            models.Q(models.Q(("state", "sent"), _negated=True), ("sent_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="message_sent_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("case__isnull", False),
                            ("kind__in", ("code", "address", "domain", "service", "test", "handed", "anchor")),
                            _connector="OR",
                        ),
                        name="message_about_a_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("delivered_at__isnull", True), ("state", "sent"), _connector="OR"),
                        name="message_delivered_was_sent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("price__isnull", True), ("price_currency", "")),
                            models.Q(("price__gte", 0), models.Q(("price_currency", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="message_price_has_currency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("held", "queued", "sending")), ("secret", ""), _connector="OR"
                        ),
                        name="message_secret_forgotten",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "E-mail"), ("sms", "SMS"), ("fax", "Fax"), ("push", "Push message")],
                        max_length=10,
                        verbose_name="channel",
                    ),
                ),
                ("address", models.CharField(max_length=254, verbose_name="address or number")),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notice_addresses",
                        to="shops.shop",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("shop", "channel", "address"), name="notice_address_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="device")),
                ("digest", models.BinaryField(max_length=32)),
                ("endpoint", tartib.shops.secrets.SecretField()),
                ("p256dh", tartib.shops.secrets.SecretField()),
                ("auth", tartib.shops.secrets.SecretField()),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True, verbose_name="last told")),
                (
                    "case",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.session"
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="shops.shop"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["shop", "digest"], name="subscription_by_address")],
                "constraints": [
                    models.UniqueConstraint(fields=("shop", "name"), name="subscription_name_once"),
                    models.UniqueConstraint(fields=("session", "digest"), name="subscription_of_session_once"),
                    models.UniqueConstraint(fields=("case", "digest"), name="subscription_of_case_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("case__isnull", True), ("session__isnull", False)),
                            models.Q(("case__isnull", False), ("session__isnull", True)),
                            _connector="OR",
                        ),
                        name="subscription_to_one_thing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Switch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("status", models.CharField(blank=True, max_length=40, verbose_name="status")),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "E-mail"), ("sms", "SMS"), ("fax", "Fax"), ("push", "Push message")],
                        max_length=10,
                        verbose_name="channel",
                    ),
                ),
                (
                    "sending",
                    models.CharField(
                        choices=[
                            ("always", "Always"),
                            ("instead", "Only where the other cannot reach them"),
                            ("never", "Never"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="shops.shop"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("shop", "status", "channel"), name="switch_once"),
                    models.CheckConstraint(
                        condition=models.Q(("sending__in", ["always", "instead", "never"])), name="switch_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Template",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("status", models.CharField(max_length=40, verbose_name="status")),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "E-mail"), ("sms", "SMS"), ("fax", "Fax"), ("push", "Push message")],
                        max_length=10,
                        verbose_name="channel",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("en", "English"),
                            ("ar", "العربية"),
                            ("fa", "فارسی"),
                            ("uk", "Українська"),
                            ("zh-hant", "繁體中文"),
                        ],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="subject")),
                ("body", models.TextField(verbose_name="text")),
                ("updated_at", models.DateTimeField()),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="shops.shop"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("shop", "status", "channel", "language"), name="template_once")
                ],
            },
        ),
    ]
