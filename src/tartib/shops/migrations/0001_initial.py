import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import tartib.shops.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Shop",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=40, unique=True, verbose_name="address")),
                (
                    "code",
                    models.CharField(
                        max_length=6,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z0-9]{1,6}$", "Use one to six capital letters or digits."
                            )
                        ],
                        verbose_name="code",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
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
                        default="en",
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("en", "English"),
                                ("ar", "العربية"),
                                ("fa", "فارسی"),
                                ("uk", "Українська"),
                                ("zh-hant", "繁體中文"),
                            ],
                            max_length=10,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "calendar",
                    models.CharField(
                        choices=[("gregorian", "Gregorian"), ("jalali", "Jalali"), ("hijri", "Hijri")],
                        default="gregorian",
                        max_length=10,
                        verbose_name="calendar",
                    ),
                ),
                ("timezone", models.CharField(default="UTC", max_length=40, verbose_name="time zone")),
                ("currency", models.CharField(default="USD", max_length=3, verbose_name="currency")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                (
                    "domain",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=253,
                        validators=[tartib.shops.models.domain],
                        verbose_name="own domain",
                    ),
                ),
                (
                    "colour",
                    models.CharField(
                        default="#206bc4",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9a-f]{6}$", "Write the colour as # and six digits, such as #206bc4."
                            )
                        ],
                        verbose_name="brand colour",
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=32, verbose_name="phone")),
                ("address", models.CharField(blank=True, max_length=250, verbose_name="postal address")),
                (
                    "hold_back_seconds",
                    models.PositiveIntegerField(
                        default=60,
                        validators=[django.core.validators.MaxValueValidator(86400)],
                        verbose_name="seconds a message is held back",
                    ),
                ),
                ("first_steps", models.BooleanField(default=True, verbose_name="show the first steps in the menu")),
                (
                    "undo_seconds",
                    models.PositiveIntegerField(
                        default=600,
                        validators=[django.core.validators.MaxValueValidator(86400)],
                        verbose_name="seconds in which a move can be undone",
                    ),
                ),
                (
                    "week",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="For each day from Monday a list of [minute, minute]; empty: as usual there.",
                    ),
                ),
                ("holidays", models.JSONField(blank=True, default=dict, help_text="ISO date -> name.")),
                ("tax_included", models.BooleanField(default=True, verbose_name="prices include tax")),
                ("tax_shipping", models.BooleanField(default=True, verbose_name="delivery is taxed")),
                (
                    "practice",
                    models.BooleanField(default=False, help_text="A shop to practise in: its messages stay here."),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("technician", "Assistant"),
                            ("expert", "Expert"),
                            ("manager", "Manager"),
                            ("owner", "Owner"),
                        ],
                        default="expert",
                        max_length=12,
                        verbose_name="role",
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="works here")),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail")),
                ("name", models.CharField(max_length=150, verbose_name="name")),
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
                        default="en",
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("proved_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                        name="user_email_lower",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Branch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        max_length=6,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z0-9]{1,6}$", "Use one to six capital letters or digits."
                            )
                        ],
                        verbose_name="code",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("address", models.CharField(blank=True, max_length=250, verbose_name="postal address")),
                ("phone", models.CharField(blank=True, max_length=32, verbose_name="phone")),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="branches", to="shops.shop"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("prefix", models.CharField(max_length=12)),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("warned_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="api_keys", to="shops.shop"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period", models.PositiveIntegerField(help_text="Year and month as YYYYMM in the shop's calendar.")),
                ("last", models.PositiveIntegerField(default=0)),
                ("branch", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="shops.branch")),
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
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("technician", "Assistant"),
                            ("expert", "Expert"),
                            ("manager", "Manager"),
                            ("owner", "Owner"),
                        ],
                        max_length=12,
                        verbose_name="role",
                    ),
                ),
                ("invited_by", models.CharField(max_length=150)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("invited", "invited"),
                            ("accepted", "accepted"),
                            ("declined", "declined"),
                            ("withdrawn", "withdrawn"),
                            ("expired", "expired"),
                        ],
                        default="invited",
                        max_length=10,
                    ),
                ),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("invited_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "branch",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="shops.branch",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="shops.shop",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Limit",
            fields=[
                (
                    "subject",
                    models.CharField(
                        help_text="SHA-256 of purpose and subject.", max_length=64, primary_key=True, serialize=False
                    ),
                ),
                ("window_start", models.DateTimeField()),
                ("count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["window_start"], name="limit_by_age")],
            },
        ),
        migrations.AddField(
            model_name="membership",
            name="shop",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="shops.shop"
            ),
        ),
        migrations.AddField(
            model_name="shop",
            name="default_owner",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="shops.membership",
                verbose_name="responsible by default",
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="branch",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to="shops.branch"
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.CreateModel(
            name="SecurityEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("signed-in", "Signed in"),
                            ("sign-in-failed", "Sign-in failed"),
                            ("code-sent", "Sign-in code sent"),
                            ("password", "Password changed"),
                            ("invited", "Invited"),
                            ("invited-again", "Invited again"),
                            ("withdrawn", "Invitation withdrawn"),
                            ("declined", "Invitation declined"),
                            ("expired", "Invitation expired"),
                            ("joined", "Works here"),
                            ("role", "Role changed"),
                            ("left", "Works here no more"),
                            ("key-made", "API key given out"),
                            ("key-ended", "API key ended"),
                            ("key-expired", "API key expired"),
                            ("money", "Payment settings changed"),
                            ("service", "SMS service changed"),
                            ("export", "Data exported"),
                        ],
                        max_length=16,
                    ),
                ),
                ("user_id", models.BigIntegerField(null=True)),
                ("name", models.CharField(max_length=150)),
                ("address", models.CharField(blank=True, max_length=64)),
                ("device", models.CharField(blank=True, max_length=80)),
                ("facts", models.JSONField(default=dict)),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="shops.shop"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("ref", models.CharField(max_length=32, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "shop",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="claim",
                        serialize=False,
                        to="shops.shop",
                    ),
                ),
                (
                    "domain",
                    models.CharField(
                        max_length=253, validators=[tartib.shops.models.domain], verbose_name="own domain"
                    ),
                ),
                ("token", models.CharField(default=tartib.shops.models.claim_token, max_length=32)),
                ("claimed_at", models.DateTimeField()),
                ("looked_at", models.DateTimeField(blank=True, null=True)),
                ("proved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "missed",
                    models.PositiveSmallIntegerField(default=0, help_text="Days in a row on which its proof was gone."),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("proved_at", None)), fields=["claimed_at"], name="claim_to_prove")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="branch",
            constraint=models.UniqueConstraint(fields=("shop", "code"), name="branch_code_unique"),
        ),
        migrations.AddConstraint(
            model_name="branch",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="shops_branch_in_shop"),
        ),
        migrations.AddIndex(
            model_name="apikey",
            index=models.Index(fields=["shop", "-created_at"], name="api_key_by_shop"),
        ),
        migrations.AddIndex(
            model_name="apikey",
            index=models.Index(condition=models.Q(("revoked_at", None)), fields=["expires_at"], name="api_key_to_end"),
        ),
        migrations.AddConstraint(
            model_name="counter",
            constraint=models.UniqueConstraint(fields=("branch", "period"), name="counter_once"),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(
                condition=models.Q(("state", "invited")), fields=["expires_at"], name="invitation_to_expire"
            ),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["ended_at"], name="invitation_to_forget"),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["shop", "-invited_at"], name="invitation_by_shop"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "invited")), fields=("shop", "email"), name="invitation_open_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                name="invitation_email_lower",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("state", "invited")),
                    models.Q(models.Q(("state", "invited"), _negated=True), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="invitation_open_or_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="shop",
            constraint=models.CheckConstraint(
                condition=models.Q(("hold_back_seconds__lte", 86400)), name="shop_hold_back_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="shop",
            constraint=models.CheckConstraint(condition=models.Q(("undo_seconds__lte", 86400)), name="shop_undo_a_day"),
        ),
        migrations.AddConstraint(
            model_name="shop",
            constraint=models.UniqueConstraint(
                condition=models.Q(("domain", ""), _negated=True),
                fields=("domain",),
                name="shop_domain_unique",
                violation_error_message="Another shop has this domain already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(fields=("shop", "user"), name="membership_once"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("active", True), ("ended_at", None)), ("active", False), _connector="OR"),
                name="membership_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="shops_membership_in_shop"),
        ),
        migrations.AddIndex(
            model_name="securityentry",
            index=models.Index(fields=["shop", "-id"], name="security_by_shop"),
        ),
        migrations.AddIndex(
            model_name="securityentry",
            index=models.Index(fields=["shop", "event", "-id"], name="security_by_event"),
        ),
        migrations.AddIndex(
            model_name="securityentry",
            index=models.Index(fields=["at"], name="security_by_age"),
        ),
    ]
