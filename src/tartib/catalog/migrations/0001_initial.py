import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sku", models.CharField(max_length=64, verbose_name="SKU")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("variant", models.CharField(blank=True, max_length=120, verbose_name="variant")),
                ("price", models.DecimalField(decimal_places=3, max_digits=16, verbose_name="price")),
                ("stocked", models.BooleanField(default=True, verbose_name="has a stock")),
                ("active", models.BooleanField(default=True, verbose_name="on sale")),
                ("search", models.TextField(default="", editable=False)),
                ("created_at", models.DateTimeField()),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="products",
                        to="shops.shop",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Stock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on_hand", models.IntegerField(default=0, verbose_name="on hand")),
                ("reserved", models.IntegerField(default=0, verbose_name="reserved")),
                ("low_at", models.PositiveIntegerField(default=0, verbose_name="low at")),
                (
                    "branch",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="shops.branch"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stocks",
                        to="catalog.product",
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
            name="Movement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("reserved", "Reserved"),
                            ("released", "Released"),
                            ("taken", "Taken"),
                            ("returned", "Returned"),
                            ("counted", "Counted"),
                            ("received", "Received"),
                        ],
                        max_length=10,
                    ),
                ),
                ("on_hand", models.IntegerField(help_text="Change of the pieces on hand.")),
                ("reserved", models.IntegerField(help_text="Change of the pieces reserved.")),
                ("case_id", models.BigIntegerField(null=True)),
                ("line_id", models.BigIntegerField(help_text="The line of the case that it served.", null=True)),
                ("act_id", models.UUIDField(null=True)),
                ("actor_name", models.CharField(max_length=150)),
                ("note", models.CharField(blank=True, max_length=250)),
                ("at", models.DateTimeField()),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="shops.shop"
                    ),
                ),
                (
                    "stock",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="movements",
                        to="catalog.stock",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(fields=["shop", "name", "id"], name="product_by_name"),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.UniqueConstraint(fields=("shop", "sku"), name="product_sku_unique"),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(condition=models.Q(("price__gte", 0)), name="product_price_not_negative"),
        ),
        migrations.AddIndex(
            model_name="stock",
            index=models.Index(fields=["shop", "branch", "product"], name="stock_by_branch"),
        ),
        migrations.AddConstraint(
            model_name="stock",
            constraint=models.UniqueConstraint(fields=("product", "branch"), name="stock_once"),
        ),
        migrations.AddConstraint(
            model_name="stock",
            constraint=models.CheckConstraint(condition=models.Q(("on_hand__gte", 0)), name="stock_not_negative"),
        ),
        migrations.AddConstraint(
            model_name="stock",
            constraint=models.CheckConstraint(
                condition=models.Q(("reserved__gte", 0)), name="stock_reserved_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="stock",
            constraint=models.CheckConstraint(
                condition=models.Q(("reserved__lte", models.F("on_hand"))), name="stock_reserved_is_there"
            ),
        ),
        migrations.AddIndex(
            model_name="movement",
            index=models.Index(fields=["stock", "-id"], name="movement_by_stock"),
        ),
        migrations.AddIndex(
            model_name="movement",
            index=models.Index(
                condition=models.Q(("case_id__isnull", False)), fields=["case_id"], name="movement_by_case"
            ),
        ),
    ]
