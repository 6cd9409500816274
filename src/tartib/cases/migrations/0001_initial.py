import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tartib.cases.models
import tartib.shops.search


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0001_initial"),
        ("files", "0001_initial"),
        ("shops", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkMove",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("request", models.JSONField(help_text="Target, note and how to tell the customers.")),
                ("case_ids", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("handled", models.PositiveIntegerField(default=0)),
                ("moved", models.PositiveIntegerField(default=0)),
                ("refused", models.JSONField(default=list)),
                (
                    "acts",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="shops.membership"
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="shops.shop"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("code", models.CharField(max_length=40, verbose_name="tracking code")),
                ("token", models.CharField(default=tartib.cases.models.new_token, max_length=22)),
                ("status", models.CharField(max_length=40, verbose_name="status")),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("working", "Working"),
                            ("moving", "On the way"),
                            ("ready", "Ready"),
                            ("done", "Done"),
                            ("ended", "Ended"),
                            ("problem", "Problem"),
                        ],
                        max_length=10,
                        verbose_name="stage",
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="in this status since")),
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
                ("title", models.CharField(blank=True, max_length=200, verbose_name="title")),
                ("amount", models.DecimalField(decimal_places=3, max_digits=16, null=True, verbose_name="amount")),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                (
                    "payment",
                    models.CharField(
                        choices=[
                            ("unpaid", "Not paid"),
                            ("unverified", "Not verified"),
                            ("partial", "Partly paid"),
                            ("paid", "Paid"),
                            ("failed", "Failed"),
                            ("partly-refunded", "Partly refunded"),
                            ("refunded", "Refunded"),
                        ],
                        default="unpaid",
                        max_length=16,
                        verbose_name="payment",
                    ),
                ),
                ("channel", models.CharField(blank=True, max_length=40, verbose_name="channel")),
                ("priority", models.SmallIntegerField(default=0, verbose_name="priority")),
                ("placed_at", models.DateTimeField(verbose_name="placed")),
                ("updated_at", models.DateTimeField(verbose_name="updated")),
                ("due_at", models.DateTimeField(null=True, verbose_name="due")),
                (
                    "timer_at",
                    models.DateTimeField(help_text="When a move by the clock is to be tried next.", null=True),
                ),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed")),
                ("search", tartib.shops.search.SearchField(default="", editable=False)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "doubts",
                    models.PositiveSmallIntegerField(
                        db_default=0, help_text="How many things about it are unusual and not looked at yet."
                    ),
                ),
                (
                    "branch",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="shops.branch"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="customers.customer",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="shops.membership",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="shops.shop",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Picture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("shown", models.BooleanField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pictures", to="cases.case"
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
                (
                    "upload",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="files.upload"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WorkflowVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("code", models.CharField(max_length=40)),
                ("version", models.PositiveIntegerField()),
                ("definition", models.JSONField()),
                (
                    "shipped",
                    models.BooleanField(default=False, help_text="Whether it is word for word what Tartib brought."),
                ),
                ("published_at", models.DateTimeField()),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="workflows", to="shops.shop"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="case",
            name="workflow",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.workflowversion",
            ),
        ),
        migrations.CreateModel(
            name="Act",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=200, null=True)),
                (
                    "fingerprint",
                    models.BinaryField(
                        help_text="SHA-256 of the request the key belongs to.", max_length=32, null=True
                    ),
                ),
                ("actor_name", models.CharField(max_length=150)),
                ("trigger", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
                ("answer", models.JSONField(default=dict)),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="shops.shop"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("trigger__startswith", "api ")), fields=["shop", "at"], name="act_of_api"
                    ),
                    models.Index(
                        condition=models.Q(("user__isnull", False)), fields=["shop", "user", "at"], name="act_of_person"
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("shop", "key"), name="act_key_once")],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("query", models.CharField(blank=True, max_length=1000)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="shops.shop"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop", "user", "kind", "name"), name="saved_view_once", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="workflowversion",
            constraint=models.UniqueConstraint(fields=("shop", "code", "version"), name="workflow_version_once"),
        ),
        migrations.AddConstraint(
            model_name="workflowversion",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="cases_workflowversion_in_shop"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["shop", "kind", "-placed_at", "-id"], name="case_by_placed"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["shop", "kind", "status", "-placed_at", "-id"], name="case_by_status"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["shop", "kind", "phase", "-placed_at", "-id"], name="case_by_phase"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["shop", "kind", "-updated_at", "-id"], name="case_by_updated"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)),
                fields=["shop", "kind", "due_at", "id"],
                name="case_by_due",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["shop", "owner", "due_at", "id"],
                name="case_by_owner",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["shop", "kind", "amount", "id"], name="case_by_amount"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["customer", "-placed_at"], name="case_by_customer"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("phase", "done")), fields=["shop", "closed_at"], name="case_by_done"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("timer_at__isnull", False)), fields=["timer_at"], name="case_by_timer"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("doubts__gt", 0)),
                fields=["shop", "kind", "-placed_at", "-id"],
                name="case_doubtful",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(
                    models.F("search"), template="array_to_tsvector(string_to_array(btrim(%(expressions)s), ' '))"
                ),
                name="case_by_words",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(
                    models.Func(models.F("shop"), template="%(expressions)s::text || ':'"),
                    models.Func(
                        models.Func(models.F("search"), function="btrim"),
                        models.Func(models.F("shop"), template="' ' || %(expressions)s::text || ':'"),
                        arg_joiner=", ' ', ",
                        function="replace",
                    ),
                    arg_joiner=" || ",
                    template="array_to_tsvector(string_to_array(%(expressions)s, ' '))",
                ),
                condition=models.Q(("closed_at__isnull", True)),
                name="case_by_open_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(fields=("shop", "code"), name="case_code_unique"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(fields=("token",), name="case_token_unique"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_at__isnull", False),
                    models.Q(("due_at__isnull", False), ("owner__isnull", False)),
                    _connector="OR",
                ),
                name="case_open_has_owner_and_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("closed_at__isnull", True), ("due_at__isnull", True), _connector="OR"),
                name="case_closed_is_not_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("phase__in", ("done", "ended"))),
                    models.Q(("closed_at__isnull", True), models.Q(("phase__in", ("done", "ended")), _negated=True)),
                    _connector="OR",
                ),
                name="case_closed_as_its_phase",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="cases_case_in_shop"),
        ),
    ]
