import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Method",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("carrier", "By a carrier"),
                            ("branch", "To a carrier’s branch"),
                            ("courier", "By our own courier"),
                            ("pickup", "Picked up at a branch"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("names", models.JSONField(default=dict, verbose_name="name")),
                ("carrier", models.CharField(blank=True, max_length=60, verbose_name="carrier")),
                (
                    "tracking_pattern",
                    models.CharField(
                        blank=True,
                        max_length=300,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^https?://[^\\s{}]*\\{number\\}[^\\s{}]*$",
                                "Write an address with {number} where the parcel's number goes.",
                            )
                        ],
                        verbose_name="tracking link",
                    ),
                ),
                (
                    "free_from",
                    models.DecimalField(
                        blank=True, decimal_places=3, max_digits=16, null=True, verbose_name="free from"
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="offered")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "branch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="shops.branch",
                        verbose_name="branch",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shipping_methods",
                        to="shops.shop",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Rate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("region", models.CharField(blank=True, max_length=100, verbose_name="region")),
                ("weight_from", models.PositiveIntegerField(default=0, verbose_name="weight from, grams")),
                ("weight_to", models.PositiveIntegerField(blank=True, null=True, verbose_name="below, grams")),
                (
                    "amount_from",
                    models.DecimalField(decimal_places=3, default=0, max_digits=16, verbose_name="amount from"),
                ),
                (
                    "amount_to",
                    models.DecimalField(blank=True, decimal_places=3, max_digits=16, null=True, verbose_name="below"),
                ),
                ("price", models.DecimalField(decimal_places=3, max_digits=16, verbose_name="price")),
                (
                    "method",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rates", to="shipping.method"
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
        migrations.AddIndex(
            model_name="method",
            index=models.Index(fields=["shop", "position", "id"], name="shipping_by_position"),
        ),
        migrations.AddConstraint(
            model_name="method",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("branch__isnull", False), ("kind", "pickup")),
                    models.Q(models.Q(("kind", "pickup"), _negated=True), ("branch__isnull", True)),
                    _connector="OR",
                ),
                name="shipping_branch_of_pickup",
            ),
        ),
        migrations.AddConstraint(
            model_name="method",
            constraint=models.CheckConstraint(
                condition=models.Q(("free_from__isnull", True), ("free_from__gte", 0), _connector="OR"),
                name="shipping_free_from_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="method",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="shipping_method_in_shop"),
        ),
        migrations.AddConstraint(
            model_name="rate",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_from__gte", 0), ("price__gte", 0)), name="rate_money_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="rate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("weight_to__isnull", True), ("weight_to__gt", models.F("weight_from")), _connector="OR"),
                    models.Q(("amount_to__isnull", True), ("amount_to__gt", models.F("amount_from")), _connector="OR"),
                ),
                name="rate_bounds_in_order",
            ),
        ),
    ]
