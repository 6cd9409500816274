from decimal import Decimal

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import tartib.customers.identity


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                (
                    "given_name",
                    models.CharField(blank=True, db_default="", default="", max_length=100, verbose_name="given name"),
                ),
                ("email", models.CharField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=32, verbose_name="phone")),
                (
                    "phone_said",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=200, verbose_name="phone as it was written"
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True,
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
                (
                    "calendar",
                    models.CharField(
                        blank=True,
                        choices=[("gregorian", "Gregorian"), ("jalali", "Jalali"), ("hijri", "Hijri")],
                        db_default="",
                        default="",
                        help_text="In which they read dates; the shop's where they have not chosen.",
                        max_length=10,
                        verbose_name="calendar",
                    ),
                ),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("wants_email", models.BooleanField(default=True, verbose_name="told by e-mail")),
                ("wants_sms", models.BooleanField(default=True, verbose_name="told by SMS")),
                ("wants_push", models.BooleanField(db_default=True, default=True, verbose_name="told on devices")),
                (
                    "asked_by_email",
                    models.BooleanField(db_default=True, default=True, verbose_name="asked by e-mail how it was"),
                ),
                (
                    "asked_by_sms",
                    models.BooleanField(db_default=True, default=True, verbose_name="asked by SMS how it was"),
                ),
                (
                    "asked_by_push",
                    models.BooleanField(db_default=True, default=True, verbose_name="asked on devices how it was"),
                ),
                (
                    "offers_by_email",
                    models.BooleanField(db_default=False, default=False, verbose_name="offers by e-mail"),
                ),
                ("offers_by_sms", models.BooleanField(db_default=False, default=False, verbose_name="offers by SMS")),
                ("created_at", models.DateTimeField()),
                (
                    "erased_at",
                    models.DateTimeField(help_text="When the person was taken out, as they had asked.", null=True),
                ),
                ("sort", models.TextField(db_collation="C", default="", editable=False)),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="customers",
                        to="shops.shop",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.CharField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=32, verbose_name="phone")),
                ("password", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField()),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="accounts",
                        to="shops.shop",
                    ),
                ),
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="account", to="customers.customer"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Group",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="customer_groups", to="shops.shop"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="customer",
            name="group",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                to="customers.group",
                verbose_name="group",
            ),
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("credential", models.BinaryField(max_length=1023)),
                ("public_key", models.BinaryField()),
                ("used", models.PositiveBigIntegerField(default=0, help_text="The device's own count of its uses.")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("created_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="passkeys", to="customers.account"
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
            name="PointsMovement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case_id", models.BigIntegerField(null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("earned", "Earned"),
                            ("approved", "Approved"),
                            ("refused", "Not approved"),
                            ("reversed", "Taken back with the order"),
                            ("spent", "Spent"),
                            ("returned", "Given back"),
                            ("set", "Corrected by the shop"),
                            ("lapsed", "Lapsed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("points", models.IntegerField()),
                ("waiting", models.IntegerField()),
                ("key", models.CharField(max_length=80)),
                ("reason", models.CharField(blank=True, max_length=250, verbose_name="reason")),
                ("actor_name", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="points_movements",
                        to="customers.customer",
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
            name="PointsRule",
            fields=[
                (
                    "shop",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="points_rule",
                        serialize=False,
                        to="shops.shop",
                    ),
                ),
                ("active", models.BooleanField(default=False, verbose_name="customers get points")),
                (
                    "points_each",
                    models.PositiveIntegerField(
                        default=1, validators=[django.core.validators.MinValueValidator(1)], verbose_name="points"
                    ),
                ),
                (
                    "amount_each",
                    models.DecimalField(
                        decimal_places=3,
                        default=Decimal("1"),
                        max_digits=16,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.001"))],
                        verbose_name="for each full",
                    ),
                ),
                (
                    "value",
                    models.DecimalField(
                        decimal_places=3,
                        default=Decimal("1"),
                        max_digits=16,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.001"))],
                        verbose_name="value of a point",
                    ),
                ),
                (
                    "least",
                    models.PositiveIntegerField(
                        default=1,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="least to spend",
                    ),
                ),
                (
                    "most_percent",
                    models.PositiveSmallIntegerField(
                        default=100,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="most percent of the goods",
                    ),
                ),
                ("by_staff", models.BooleanField(default=True, verbose_name="staff approve points")),
                (
                    "months",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="months until unused points lapse",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_each__gt", 0), ("least__gt", 0), ("points_each__gt", 0), ("value__gt", 0)
                        ),
                        name="points_rule_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("most_percent__gte", 1), ("most_percent__lte", 100)),
                        name="points_rule_percent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("parts", models.JSONField(default=dict, verbose_name="address")),
                ("usual", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="addresses",
                        to="customers.account",
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
            name="Session",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("device", models.CharField(blank=True, max_length=80, verbose_name="device")),
                ("ip", models.GenericIPAddressField(null=True, verbose_name="IP address")),
                ("created_at", models.DateTimeField(verbose_name="signed in")),
                ("seen_at", models.DateTimeField(verbose_name="last used")),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to="customers.account",
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
            name="Challenge",
            fields=[
                (
                    "digest",
                    models.BinaryField(
                        help_text="SHA-256 of the challenge.", max_length=32, primary_key=True, serialize=False
                    ),
                ),
                ("expires_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.account"
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="shops.shop"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="challenge_by_age")],
            },
        ),
        migrations.CreateModel(
            name="Code",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(default=tartib.customers.identity.new_token, max_length=32, unique=True)),
                ("address", models.CharField(max_length=254)),
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
                    ),
                ),
                ("digest", models.BinaryField(max_length=32)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("expires_at", models.DateTimeField()),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="shops.shop"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="code_by_age")],
            },
        ),
        migrations.CreateModel(
            name="PointsBalance",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="points_balance",
                        serialize=False,
                        to="customers.customer",
                    ),
                ),
                ("balance", models.IntegerField(default=0, verbose_name="points")),
                ("waiting", models.IntegerField(default=0, verbose_name="waiting for approval")),
                ("moved_at", models.DateTimeField()),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="shops.shop"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(max_length=10, verbose_name="channel")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("status", "Messages about my orders"),
                            ("feedback", "Feedback requests"),
                            ("offers", "Offers and news of the shop"),
                        ],
                        max_length=10,
                        verbose_name="about",
                    ),
                ),
                ("given", models.BooleanField(verbose_name="agreed")),
                (
                    "source",
                    models.CharField(
                        choices=[("account", "in the account"), ("link", "by the link in a message")],
                        max_length=10,
                        verbose_name="where",
                    ),
                ),
                ("ip", models.GenericIPAddressField(null=True, verbose_name="IP address")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="shops.shop"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["customer", "-id"], name="consent_by_customer")],
            },
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                condition=models.Q(("email", ""), _negated=True), fields=("shop", "email"), name="account_email_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                condition=models.Q(("phone", ""), _negated=True), fields=("shop", "phone"), name="account_phone_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(("email", ""), ("phone", ""), _negated=True), name="account_can_be_reached"
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="customers_account_in_shop"),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.UniqueConstraint(fields=("shop", "name"), name="customer_group_once"),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="customers_group_in_shop"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("email", ""), _negated=True), fields=["shop", "email"], name="customer_by_email"
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("phone", ""), _negated=True), fields=["shop", "phone"], name="customer_by_phone"
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["shop", "sort", "id"], name="customer_by_name"),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="customers_customer_in_shop"),
        ),
        migrations.AddIndex(
            model_name="passkey",
            index=models.Index(fields=["credential"], name="passkey_by_credential"),
        ),
        migrations.AddConstraint(
            model_name="passkey",
            constraint=models.UniqueConstraint(fields=("account", "credential"), name="passkey_once"),
        ),
        migrations.AddIndex(
            model_name="pointsmovement",
            index=models.Index(fields=["customer", "-id"], name="points_by_customer"),
        ),
        migrations.AddIndex(
            model_name="pointsmovement",
            index=models.Index(
                condition=models.Q(("case_id__isnull", False)), fields=["case_id"], name="points_by_case"
            ),
        ),
        migrations.AddConstraint(
            model_name="pointsmovement",
            constraint=models.UniqueConstraint(fields=("shop", "key"), name="points_moved_once"),
        ),
        migrations.AddConstraint(
            model_name="pointsmovement",
            constraint=models.CheckConstraint(
                condition=models.Q(("points", 0), ("waiting", 0), _negated=True), name="points_moved_something"
            ),
        ),
        migrations.AddIndex(
            model_name="savedaddress",
            index=models.Index(fields=["account", "-id"], name="address_by_account"),
        ),
        migrations.AddConstraint(
            model_name="savedaddress",
            constraint=models.UniqueConstraint(
                condition=models.Q(("usual", True)), fields=("account",), name="address_usual_once"
            ),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(fields=["account", "-seen_at"], name="session_by_account"),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(fields=["seen_at"], name="session_by_age"),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="customers_session_in_shop"),
        ),
        migrations.AddIndex(
            model_name="pointsbalance",
            index=models.Index(
                condition=models.Q(("balance__gt", 0)), fields=["shop", "moved_at"], name="points_balance_by_age"
            ),
        ),
        migrations.AddConstraint(
            model_name="pointsbalance",
            constraint=models.CheckConstraint(
                condition=models.Q(("balance__gte", 0), ("waiting__gte", 0)), name="points_balance_never_negative"
            ),
        ),
    ]
