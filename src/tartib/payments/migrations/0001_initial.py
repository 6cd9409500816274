import django.db.models.deletion
from django.db import migrations, models

import tartib.cases.models
import tartib.shops.secrets


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_initial"),
        ("files", "0001_initial"),
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("gateway", models.CharField(max_length=20)),
                (
                    "names",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="The shop's own name of it in each language; none: it is called as its gateway.",
                    ),
                ),
                (
                    "instructions",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="What the shop tells customers of paying so, in each language.",
                    ),
                ),
                ("keys", tartib.shops.secrets.SecretField(default="", help_text="What the shop entered, as JSON.")),
                ("live", models.BooleanField(default=False)),
                ("active", models.BooleanField(default=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "token",
                    models.CharField(
                        default=tartib.cases.models.new_token,
                        help_text="Part of its notice address.",
                        max_length=22,
                        unique=True,
                    ),
                ),
                (
                    "quiet_until",
                    models.DateTimeField(help_text="The gateway wants to be asked nothing before.", null=True),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="payment_accounts", to="shops.shop"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        help_text="The case's tracking code, which stays when the case is deleted.", max_length=40
                    ),
                ),
                ("key", models.CharField(default=tartib.cases.models.new_token, max_length=22, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("started", "Begun"),
                            ("pending", "Under way"),
                            ("review", "To be checked"),
                            ("unknown", "Not known"),
                            ("paid", "Paid"),
                            ("failed", "Failed"),
                            ("expired", "Expired"),
                        ],
                        default="started",
                        max_length=10,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=3, max_digits=16)),
                ("currency", models.CharField(max_length=3)),
                ("language", models.CharField(max_length=10)),
                ("reference", models.CharField(blank=True, max_length=120)),
                ("leave", models.JSONField(default=dict, help_text="Where the customer is sent.")),
                ("reason", models.CharField(blank=True, max_length=250)),
                ("card_country", models.CharField(blank=True, max_length=2)),
                (
                    "card",
                    models.CharField(
                        blank=True, help_text="Keyed digest of what the gateway knows the card by.", max_length=32
                    ),
                ),
                ("risk", models.JSONField(default=dict, help_text="What the gateway found; see `risk`.")),
                ("started_at", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                (
                    "payable_until",
                    models.DateTimeField(
                        help_text="How long the number can be paid at a bank or a shop that the customer was given.",
                        null=True,
                    ),
                ),
                ("settled_at", models.DateTimeField(null=True)),
                ("ask_at", models.DateTimeField(help_text="When the gateway is asked next.", null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="payments.account",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="attempts",
                        to="cases.case",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="shops.shop"
                    ),
                ),
                (
                    "slip",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="files.upload"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Difference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "lack",
                    models.CharField(
                        choices=[
                            ("here", "The gateway has it, the shop has not"),
                            ("there", "The shop has it, the gateway has not"),
                            ("amount", "The two say different amounts"),
                        ],
                        max_length=6,
                    ),
                ),
                ("direction", models.CharField(choices=[("in", "Payment"), ("out", "Refund")], max_length=3)),
                ("reference", models.CharField(max_length=120)),
                ("amount", models.DecimalField(decimal_places=3, max_digits=16)),
                ("ours", models.DecimalField(decimal_places=3, max_digits=16, null=True)),
                ("currency", models.CharField(max_length=3)),
                ("at", models.DateTimeField(help_text="When the money moved.")),
                ("found_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by", models.CharField(blank=True, max_length=150)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="differences",
                        to="payments.account",
                    ),
                ),
                (
                    "attempt",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="payments.attempt"
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="shops.shop"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=120)),
                ("reason", models.CharField(blank=True, help_text="In the gateway's words.", max_length=120)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("withdrawn", "Closed"), ("won", "Won"), ("lost", "Lost")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=3, max_digits=16)),
                ("currency", models.CharField(max_length=3)),
                (
                    "taken",
                    models.DecimalField(decimal_places=3, default=0, help_text="All it ever took.", max_digits=16),
                ),
                (
                    "returned",
                    models.DecimalField(
                        decimal_places=3, default=0, help_text="All of it that came back.", max_digits=16
                    ),
                ),
                ("due_at", models.DateTimeField(help_text="Until when the shop may answer.", null=True)),
                ("told_at", models.DateTimeField(null=True)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="payments.account",
                    ),
                ),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="disputes", to="payments.attempt"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="disputes",
                        to="cases.case",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="shops.shop"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "event",
                    models.CharField(
                        help_text="The gateway's name for it; none for a forged one.", max_length=160, null=True
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("applied", "Applied"),
                            ("ignored", "Changed nothing"),
                            ("unmatched", "Belongs to no order"),
                            ("assigned", "Given to an order"),
                            ("forged", "Not accepted"),
                        ],
                        max_length=10,
                    ),
                ),
                ("told", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="payments.account",
                    ),
                ),
                (
                    "attempt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="notices",
                        to="payments.attempt",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "direction",
                    models.CharField(choices=[("in", "Payment"), ("out", "Refund")], default="in", max_length=3),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unverified", "Not verified"),
                            ("confirmed", "Confirmed"),
                            ("failed", "Failed"),
                            ("aside", "Set aside"),
                        ],
                        max_length=10,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=3, max_digits=16, verbose_name="amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("method", models.CharField(blank=True, max_length=80, verbose_name="payment method")),
                ("reference", models.CharField(blank=True, max_length=120, verbose_name="reference")),
                ("key", models.CharField(help_text="Makes a repeated notice harmless.", max_length=200, null=True)),
                (
                    "flag",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("currency", "Another currency"),
                            ("amount", "Another amount than asked"),
                            ("excess", "More than is due"),
                            ("stranded", "The order could not follow"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "credit",
                    models.DecimalField(
                        decimal_places=3,
                        default=0,
                        help_text="How much of what went back lowers what the case costs. The rest had been paid in excess.",
                        max_digits=16,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "attempt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="payments",
                        to="payments.attempt",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="payments", to="cases.case"
                    ),
                ),
                (
                    "dispute",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="takings",
                        to="payments.dispute",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="dispute",
            name="payment",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="disputes", to="payments.payment"
            ),
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(default=tartib.cases.models.new_token, max_length=22, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("sending", "Being sent"),
                            ("waiting", "Waiting"),
                            ("unknown", "Not known"),
                            ("confirmed", "Confirmed"),
                            ("failed", "Failed"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=3, max_digits=16)),
                ("currency", models.CharField(max_length=3)),
                ("reference", models.CharField(blank=True, max_length=120)),
                (
                    "waits",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("takings", "until the account has enough money"),
                            ("customer", "for details from the customer"),
                            ("bank", "for the bank"),
                            ("hours", "until the gateway sends money back again"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=250)),
                ("denied", models.BooleanField(default=False, help_text="The gateway itself told that it failed.")),
                ("note", models.CharField(blank=True, max_length=250)),
                ("pieces", models.JSONField(default=list, help_text="[line, pieces, back on the shelf].")),
                (
                    "worth",
                    models.DecimalField(
                        decimal_places=3,
                        default=0,
                        help_text="What the goods cost, and the delivery, that it is for.",
                        max_digits=16,
                    ),
                ),
                ("actor", models.JSONField(default=dict)),
                ("asked_at", models.DateTimeField()),
                (
                    "sent_at",
                    models.DateTimeField(
                        help_text="When the gateway was asked for it, if it did not refuse.", null=True
                    ),
                ),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "cleared_at",
                    models.DateTimeField(help_text="When nothing was left to do about one that failed.", null=True),
                ),
                (
                    "told_at",
                    models.DateTimeField(
                        help_text="When what stands here happened, by the gateway's clock.", null=True
                    ),
                ),
                ("ask_at", models.DateTimeField(help_text="When the gateway is asked next.", null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="refunds", to="cases.case"
                    ),
                ),
                (
                    "instead_of",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="retries",
                        to="payments.refund",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="refunds", to="payments.payment"
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="shops.shop"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(fields=["shop", "position", "id"], name="account_by_shop"),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="payments_account_in_shop"),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(fields=["shop", "-started_at", "-id"], name="attempt_by_shop"),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(("reference", ""), _negated=True),
                fields=["account", "reference"],
                name="attempt_by_reference",
            ),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(condition=models.Q(("ask_at__isnull", False)), fields=["ask_at"], name="attempt_to_ask"),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(("card", ""), _negated=True), fields=["shop", "card"], name="attempt_by_card"
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="attempt_amount_positive"),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="payments_attempt_in_shop"),
        ),
        migrations.AddIndex(
            model_name="difference",
            index=models.Index(fields=["shop", "-found_at", "-id"], name="difference_by_shop"),
        ),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.UniqueConstraint(fields=("account", "direction", "reference"), name="difference_once"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["account", "-at"], name="notice_by_account"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("state", "unmatched")), fields=["account", "-at"], name="notice_unmatched"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(fields=("account", "event"), name="notice_once"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["shop", "-at", "-id"], name="payment_by_shop"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("flag", ""), _negated=True), fields=["shop", "-at", "-id"], name="payment_flagged"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("state", "unverified")), fields=["shop", "-at", "-id"], name="payment_unverified"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(fields=("shop", "key"), name="payment_key_once"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="payment_amount_positive"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("credit", 0),
                    models.Q(("credit__gt", 0), ("credit__lte", models.F("amount")), ("direction", "out")),
                    _connector="OR",
                ),
                name="payment_credit_of_what_went_back",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="payments_payment_in_shop"),
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(fields=["shop", "-opened_at", "-id"], name="dispute_by_shop"),
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(condition=models.Q(("state", "open")), fields=["account"], name="dispute_open"),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(fields=("account", "reference"), name="dispute_once"),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="dispute_amount_positive"),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("state", "open")),
                    models.Q(models.Q(("state", "open"), _negated=True), ("closed_at__isnull", False)),
                    _connector="OR",
                ),
                name="dispute_closed_when_over",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="payments_dispute_in_shop"),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["shop", "-asked_at", "-id"], name="refund_by_shop"),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(condition=models.Q(("ask_at__isnull", False)), fields=["ask_at"], name="refund_to_ask"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="refund_amount_positive"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="payments_refund_in_shop"),
        ),
    ]
