import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("shops", "0001_initial"),
    ]

    operations = [
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
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                ("email", models.CharField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=32, verbose_name="phone")),
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
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("wants_email", models.BooleanField(default=True, verbose_name="told by e-mail")),
                ("wants_sms", models.BooleanField(default=True, verbose_name="told by SMS")),
                ("created_at", models.DateTimeField()),
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
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="customers.group",
                        verbose_name="group",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.UniqueConstraint(fields=("shop", "name"), name="customer_group_once"),
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
    ]
