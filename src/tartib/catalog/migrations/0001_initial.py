import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import tartib.shops.search


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("files", "0001_initial"),
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.CharField(max_length=80, verbose_name="address")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "texts",
                    models.JSONField(
                        blank=True, default=dict, help_text="{language: {name}}, besides the shop's own language."
                    ),
                ),
                ("position", models.IntegerField(default=0)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="catalog.category",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="categories",
                        to="shops.shop",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Listing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.CharField(max_length=100, verbose_name="address")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("summary", models.CharField(blank=True, max_length=300, verbose_name="in one sentence")),
                ("description", models.TextField(blank=True, max_length=20000, verbose_name="description")),
                (
                    "texts",
                    models.JSONField(blank=True, default=dict, help_text="{language: {title, summary, description}}."),
                ),
                ("options", models.JSONField(blank=True, default=list)),
                ("position", models.IntegerField(default=0)),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
                ("price_from", models.DecimalField(blank=True, decimal_places=3, max_digits=16, null=True)),
                ("price_to", models.DecimalField(blank=True, decimal_places=3, max_digits=16, null=True)),
                ("sort_title", models.CharField(db_collation="C", default="", editable=False, max_length=400)),
                ("search", tartib.shops.search.SearchField(default="", editable=False)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="listings",
                        to="catalog.category",
                        verbose_name="category",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="listings",
                        to="shops.shop",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sku", models.CharField(max_length=64, verbose_name="SKU")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("variant", models.CharField(blank=True, max_length=120, verbose_name="variant")),
                ("price", models.DecimalField(decimal_places=3, max_digits=16, verbose_name="price")),
                ("stocked", models.BooleanField(default=True, verbose_name="has a stock")),
                ("tax_class", models.CharField(blank=True, max_length=20, verbose_name="tax class")),
                ("active", models.BooleanField(default=True, verbose_name="on sale")),
                (
                    "options",
                    models.JSONField(
                        blank=True, default=dict, help_text="Which variant of its listing: {option: value}."
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(default=0, help_text="Among the variants of its listing.")),
                (
                    "compare_at",
                    models.DecimalField(
                        blank=True, decimal_places=3, max_digits=16, null=True, verbose_name="former price"
                    ),
                ),
                ("weight_grams", models.PositiveIntegerField(blank=True, null=True, verbose_name="weight in grams")),
                ("expected_on", models.DateField(blank=True, null=True, verbose_name="more expected on")),
                ("search", models.TextField(default="", editable=False)),
                ("sort", models.TextField(db_collation="C", default="", editable=False)),
                ("created_at", models.DateTimeField()),
                (
                    "listing",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="variants",
                        to="catalog.listing",
                        verbose_name="listing",
                    ),
                ),
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
            name="Photo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("alt", models.CharField(blank=True, max_length=200, verbose_name="what it shows")),
                ("texts", models.JSONField(blank=True, default=dict, help_text="{language: {alt}}.")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "listing",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="photos",
                        to="catalog.listing",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="shops.shop"
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.upload"),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="catalog.product",
                        verbose_name="variant",
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
                    "anchored",
                    models.BigIntegerField(
                        db_default=0, help_text="Its newest movement that an anchor of the shop holds."
                    ),
                ),
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
        migrations.CreateModel(
            name="Window",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("open", models.BooleanField(default=False, verbose_name="open to everybody")),
                ("headline", models.CharField(blank=True, max_length=120, verbose_name="headline")),
                ("about", models.TextField(blank=True, max_length=4000, verbose_name="about the shop")),
                (
                    "texts",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="{language: {headline, about}}, besides the shop's own language.",
                    ),
                ),
                (
                    "words",
                    models.JSONField(
                        blank=True, default=dict, help_text="{language: {word of an option: its translation}}."
                    ),
                ),
                (
                    "picture",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="files.upload",
                        verbose_name="picture for other sites",
                    ),
                ),
                (
                    "shop",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="window", to="shops.shop"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.UniqueConstraint(fields=("shop", "slug"), name="category_slug_unique"),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.CheckConstraint(
                condition=models.Q(("parent", models.F("id")), _negated=True), name="category_not_under_itself"
            ),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="catalog_category_in_shop"),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(
                    models.F("search"), template="array_to_tsvector(string_to_array(btrim(%(expressions)s), ' '))"
                ),
                name="listing_by_words",
            ),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(
                condition=models.Q(("published_at__isnull", False)),
                fields=["shop", "position", "id"],
                name="listing_by_position",
            ),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(
                condition=models.Q(("published_at__isnull", False)),
                fields=["shop", "-published_at", "-id"],
                name="listing_by_age",
            ),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(
                condition=models.Q(("published_at__isnull", False)),
                fields=["shop", "price_from", "id"],
                name="listing_by_price",
            ),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(fields=["shop", "sort_title", "id"], name="listing_by_title"),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(fields=["shop", "category", "position", "id"], name="listing_by_category"),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.UniqueConstraint(fields=("shop", "slug"), name="listing_slug_unique"),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="catalog_listing_in_shop"),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(fields=["shop", "sort", "id"], name="product_by_name"),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.UniqueConstraint(fields=("shop", "sku"), name="product_sku_unique"),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(condition=models.Q(("price__gte", 0)), name="product_price_not_negative"),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("compare_at__isnull", True), ("compare_at__gt", models.F("price")), _connector="OR"
                ),
                name="product_was_dearer",
                violation_error_message="The former price must be higher than the price.",
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="catalog_product_in_shop"),
        ),
        migrations.AddIndex(
            model_name="photo",
            index=models.Index(fields=["listing", "position", "id"], name="photo_by_position"),
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
        migrations.AddConstraint(
            model_name="stock",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="catalog_stock_in_shop"),
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
