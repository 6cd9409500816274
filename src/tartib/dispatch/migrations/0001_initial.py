import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_initial"),
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("key", models.CharField(max_length=200)),
                (
                    "code",
                    models.CharField(
                        blank=True,
                        help_text="The case's, which stays when the case is deleted.",
                        max_length=40,
                        verbose_name="tracking code",
                    ),
                ),
                ("facts", models.JSONField(default=dict)),
                ("due_at", models.DateTimeField(null=True, verbose_name="due")),
                (
                    "due_given",
                    models.BooleanField(
                        default=False,
                        help_text="Whether the finding itself says until when, whatever the hours of the shop are.",
                    ),
                ),
                ("opened_at", models.DateTimeField(help_text="When it was found, the last time.", verbose_name="when")),
                ("resolved_at", models.DateTimeField(null=True, verbose_name="settled")),
                ("resolved_by", models.CharField(blank=True, max_length=150)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("itself", "By itself"), ("act", "By what was proposed"), ("hand", "In another way")],
                        max_length=6,
                        verbose_name="how",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=1000, verbose_name="note")),
                ("updated_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "case",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="work", to="cases.case"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.membership",
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
            name="WorkEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("opened", "Found"),
                            ("reopened", "Found again"),
                            ("resolved", "Settled by itself"),
                            ("done", "Done"),
                            ("settled", "Settled in another way"),
                            ("handed", "Handed over"),
                        ],
                        max_length=10,
                    ),
                ),
                ("kind", models.CharField(help_text="What the record was then.", max_length=40)),
                (
                    "actor_kind",
                    models.CharField(
                        choices=[
                            ("staff", "Staff"),
                            ("customer", "Customer"),
                            ("system", "Tartib"),
                            ("api", "API"),
                            ("event", "Event"),
                        ],
                        max_length=10,
                    ),
                ),
                ("actor_name", models.CharField(max_length=150)),
                ("note", models.CharField(blank=True, max_length=1000)),
                ("to", models.CharField(blank=True, max_length=150)),
                ("at", models.DateTimeField()),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="shops.shop"
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="entries", to="dispatch.workrecord"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="workrecord",
            index=models.Index(
                condition=models.Q(("resolved_at__isnull", True)), fields=["shop", "due_at", "id"], name="work_by_due"
            ),
        ),
        migrations.AddIndex(
            model_name="workrecord",
            index=models.Index(
                condition=models.Q(("resolved_at__isnull", True)),
                fields=["shop", "owner", "due_at", "id"],
                name="work_by_owner",
            ),
        ),
        migrations.AddIndex(
            model_name="workrecord",
            index=models.Index(
                condition=models.Q(("resolved_at__isnull", False)),
                fields=["shop", "-resolved_at", "-id"],
                name="work_settled",
            ),
        ),
        migrations.AddConstraint(
            model_name="workrecord",
            constraint=models.UniqueConstraint(fields=("shop", "key"), name="work_key_once"),
        ),
        migrations.AddConstraint(
            model_name="workrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("resolved_at__isnull", False),
                    models.Q(("due_at__isnull", False), ("owner__isnull", False)),
                    _connector="OR",
                ),
                name="work_open_has_owner_and_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="workrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", ""), ("resolved_at__isnull", True)),
                    models.Q(("resolved_at__isnull", False), models.Q(("outcome", ""), _negated=True)),
                    _connector="OR",
                ),
                name="work_settled_somehow",
            ),
        ),
        migrations.AddConstraint(
            model_name="workrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "hand"), _negated=True), models.Q(("note", ""), _negated=True), _connector="OR"
                ),
                name="work_settled_by_hand_says_how",
            ),
        ),
        migrations.AddConstraint(
            model_name="workrecord",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="dispatch_workrecord_in_shop"),
        ),
    ]
