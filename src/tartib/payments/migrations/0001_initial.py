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
                        choices=[("unverified", "Not verified"), ("confirmed", "Confirmed"), ("failed", "Failed")],
                        max_length=10,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=3, max_digits=16, verbose_name="amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("method", models.CharField(blank=True, max_length=80, verbose_name="payment method")),
                ("reference", models.CharField(blank=True, max_length=120, verbose_name="reference")),
                ("key", models.CharField(help_text="Makes a repeated notice harmless.", max_length=200, null=True)),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="payments", to="cases.case"
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
                "constraints": [
                    models.UniqueConstraint(fields=("shop", "key"), name="payment_key_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="payment_amount_positive"),
                ],
            },
        ),
    ]
