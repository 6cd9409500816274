import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_initial"),
        ("payments", "0001_initial"),
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PaperSettings",
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
                ("legal_name", models.CharField(blank=True, max_length=160, verbose_name="name in the register")),
                ("tax_number", models.CharField(blank=True, max_length=60, verbose_name="tax number")),
                ("paper_note", models.TextField(blank=True, max_length=600, verbose_name="note on invoices")),
                (
                    "paper_years",
                    models.PositiveSmallIntegerField(
                        default=10,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(50),
                        ],
                        verbose_name="years for which invoices have to be kept",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Paper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        help_text="The tracking code of the order, which may be deleted later.", max_length=40
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("receipt", "Receipt"),
                            ("pro-forma", "Pro-forma invoice"),
                            ("invoice", "Invoice"),
                            ("credit-note", "Credit note"),
                        ],
                        max_length=12,
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("issued_at", models.DateTimeField()),
                ("amount", models.DecimalField(decimal_places=3, max_digits=16)),
                ("currency", models.CharField(max_length=3)),
                ("data", models.JSONField(default=dict)),
                ("replaced", models.BooleanField(default=False)),
                (
                    "erased_at",
                    models.DateTimeField(
                        help_text="When its buyer was erased, who stays on it for a while.", null=True
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="papers", to="cases.case"
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="billing.paper",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="payments.payment"
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
                    models.Index(fields=["shop", "-issued_at", "-id"], name="paper_by_day"),
                    models.Index(
                        condition=models.Q(("erased_at__isnull", False)), fields=["issued_at"], name="paper_to_forget"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("shop", "kind", "year", "number"), name="paper_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("kind__in", ("pro-forma", "invoice")), ("replaced", False)),
                        fields=("case", "kind"),
                        name="paper_one_in_force",
                    ),
                    models.UniqueConstraint(fields=("payment",), name="paper_one_for_a_refund"),
                    models.CheckConstraint(condition=models.Q(("number__gt", 0)), name="paper_number_positive"),
                    models.UniqueConstraint(fields=("shop", "id"), name="billing_paper_in_shop"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("receipt", "Receipt"),
                            ("pro-forma", "Pro-forma invoice"),
                            ("invoice", "Invoice"),
                            ("credit-note", "Credit note"),
                        ],
                        max_length=12,
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="shops.shop"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("shop", "kind", "year"), name="paper_series_once")],
            },
        ),
    ]
