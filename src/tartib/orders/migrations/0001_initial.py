import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_initial"),
        ("catalog", "0001_initial"),
        ("files", "0001_initial"),
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderSettings",
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
                (
                    "pay_minutes",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                        verbose_name="minutes goods are held while paying",
                    ),
                ),
                (
                    "stale_after_days",
                    models.PositiveSmallIntegerField(default=7, verbose_name="days until an incomplete order is stale"),
                ),
                (
                    "return_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        validators=[django.core.validators.MaxValueValidator(365)],
                        verbose_name="days in which goods can be returned",
                    ),
                ),
                (
                    "answer_days",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="working days in which requests are answered",
                    ),
                ),
                ("recommends", models.BooleanField(default=True, verbose_name="recommends what is bought together")),
                (
                    "dispatch_hold_hours",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="hours before dispatch"),
                ),
                ("hold_in_worktime", models.BooleanField(default=False, verbose_name="count these in working hours")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CustomerRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("cancel", "Cancellation"), ("return", "Return")], max_length=8, verbose_name="kind"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                            ("done", "Carried out"),
                        ],
                        default="requested",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("mistake", "Ordered by mistake"),
                            ("mind", "Changed my mind"),
                            ("late", "It takes too long"),
                            ("cheaper", "Found it elsewhere"),
                            ("damaged", "It arrived damaged"),
                            ("faulty", "It does not work"),
                            ("wrong", "Something else was sent"),
                            ("unlike", "Not as described"),
                            ("fit", "It does not fit"),
                            ("other", "Another reason"),
                        ],
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                ("words", models.TextField(blank=True, verbose_name="customer's words")),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("due_at", models.DateTimeField(verbose_name="to be answered by")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered")),
                ("answered_by", models.CharField(blank=True, max_length=150, verbose_name="answered by")),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                ("arrived_at", models.DateTimeField(null=True, verbose_name="goods came back")),
                ("closed_at", models.DateTimeField(null=True)),
                ("act_id", models.UUIDField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="customer_requests",
                        to="cases.case",
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
            name="Line",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("sku", models.CharField(blank=True, max_length=64, verbose_name="SKU")),
                ("name", models.CharField(max_length=250, verbose_name="product")),
                ("variant", models.CharField(blank=True, max_length=120, verbose_name="variant")),
                ("quantity", models.PositiveIntegerField(verbose_name="quantity")),
                ("price", models.DecimalField(decimal_places=3, default=0, max_digits=16, verbose_name="price")),
                ("discount", models.DecimalField(decimal_places=3, default=0, max_digits=16, verbose_name="discount")),
                ("total", models.DecimalField(decimal_places=3, default=0, max_digits=16, verbose_name="total")),
                ("tax_percent", models.DecimalField(decimal_places=3, max_digits=6, null=True)),
                ("reserved", models.PositiveIntegerField(default=0)),
                ("taken", models.PositiveIntegerField(default=0)),
                ("back", models.PositiveIntegerField(default=0)),
                ("lost", models.PositiveIntegerField(default=0)),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="cases.case",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="catalog.product",
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
            name="Order",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="order",
                        serialize=False,
                        to="cases.case",
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=64, verbose_name="order number")),
                ("source", models.CharField(blank=True, max_length=64)),
                ("external_id", models.CharField(blank=True, max_length=64)),
                (
                    "content",
                    models.CharField(
                        blank=True,
                        help_text="What tells an imported order from another with the same number.",
                        max_length=60,
                    ),
                ),
                ("subtotal", models.DecimalField(decimal_places=3, default=0, max_digits=16, verbose_name="subtotal")),
                ("shipping", models.DecimalField(decimal_places=3, default=0, max_digits=16, verbose_name="shipping")),
                ("discount", models.DecimalField(decimal_places=3, default=0, max_digits=16, verbose_name="discount")),
                ("tax", models.DecimalField(decimal_places=3, default=0, max_digits=16, verbose_name="tax")),
                ("tax_included", models.BooleanField(default=False, verbose_name="tax is part of the prices")),
                ("shipping_tax_percent", models.DecimalField(decimal_places=3, max_digits=6, null=True)),
                ("told_tax", models.DecimalField(decimal_places=3, max_digits=16, null=True)),
                ("told_on", models.DecimalField(decimal_places=3, max_digits=16, null=True)),
                ("discount_code", models.CharField(blank=True, max_length=40, verbose_name="discount code")),
                (
                    "payment_method",
                    models.CharField(
                        choices=[
                            ("online", "Online"),
                            ("bank", "Bank transfer"),
                            ("on-receipt", "Cash on delivery"),
                            ("card-present", "In the shop"),
                            ("other", "Other"),
                        ],
                        default="other",
                        max_length=16,
                        verbose_name="payment method",
                    ),
                ),
                ("payment_method_name", models.CharField(blank=True, max_length=80)),
                ("shipping_method", models.CharField(blank=True, max_length=80, verbose_name="shipping method")),
                (
                    "delivery",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("home", "To the customer’s address"),
                            ("courier", "By our own courier"),
                            ("branch", "To a carrier’s branch"),
                            ("pickup", "Picked up from us"),
                        ],
                        max_length=10,
                        verbose_name="kind of delivery",
                    ),
                ),
                ("shipping_address", models.JSONField(blank=True, default=dict)),
                ("billing_address", models.JSONField(blank=True, default=dict)),
                ("customer_note", models.TextField(blank=True, verbose_name="customer's words")),
                ("ip", models.GenericIPAddressField(blank=True, null=True, verbose_name="IP address")),
                ("ip_country", models.CharField(blank=True, max_length=2, verbose_name="country of the IP address")),
                ("points", models.PositiveIntegerField(default=0, verbose_name="points")),
                ("points_approved", models.BooleanField(default=False, verbose_name="points approved")),
                ("points_spent", models.PositiveIntegerField(default=0, verbose_name="points spent")),
                (
                    "points_value",
                    models.DecimalField(
                        decimal_places=3, default=0, max_digits=16, verbose_name="worth of the points spent"
                    ),
                ),
                (
                    "points_tax",
                    models.DecimalField(
                        decimal_places=3, default=0, max_digits=16, verbose_name="tax less because of them"
                    ),
                ),
                (
                    "points_off",
                    models.BooleanField(default=False, help_text="Whether their worth is off the total now."),
                ),
                ("sent_on", models.DateField(blank=True, null=True, verbose_name="date sent")),
                ("delivered_on", models.DateField(blank=True, null=True, verbose_name="date delivered")),
                ("carrier", models.CharField(blank=True, max_length=60, verbose_name="carrier")),
                (
                    "tracking_number",
                    models.CharField(blank=True, max_length=80, verbose_name="freight reference number"),
                ),
                ("tracking_url", models.URLField(blank=True, max_length=500, verbose_name="tracking link")),
                (
                    "held_until",
                    models.DateTimeField(help_text="Until when its goods are held for a payment.", null=True),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="proposal",
                        serialize=False,
                        to="cases.case",
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("act_id", models.UUIDField(help_text="The act that opened it.")),
                (
                    "choice",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("refund", "Get the money back"),
                            ("wait", "Wait until it is there again"),
                            ("replace", "Take something else instead"),
                        ],
                        max_length=10,
                        verbose_name="choice",
                    ),
                ),
                ("words", models.TextField(blank=True, verbose_name="customer's words")),
                ("chosen_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="shops.shop"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RequestedLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pieces", models.PositiveIntegerField(verbose_name="quantity")),
                ("agreed", models.PositiveIntegerField(default=0, verbose_name="agreed to")),
                ("back", models.PositiveIntegerField(default=0, verbose_name="came back")),
                (
                    "line",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="orders.line"),
                ),
                (
                    "request",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="orders.customerrequest",
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
            name="RequestPhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="photos", to="orders.customerrequest"
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.upload"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TaxRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("region", models.CharField(blank=True, max_length=100, verbose_name="region")),
                ("tax_class", models.CharField(blank=True, max_length=20, verbose_name="tax class")),
                ("percent", models.DecimalField(decimal_places=3, max_digits=6, verbose_name="percent")),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tax_rates",
                        to="shops.shop",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BoughtWith",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("orders", models.PositiveIntegerField()),
                ("place", models.PositiveSmallIntegerField()),
                (
                    "listing",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.listing",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalog.listing"
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="shops.shop"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("listing", "place"), name="bought_with_place_once"),
                    models.CheckConstraint(
                        condition=models.Q(("listing", models.F("other")), _negated=True), name="bought_with_another"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="customerrequest",
            index=models.Index(fields=["case", "-id"], name="request_by_case"),
        ),
        migrations.AddIndex(
            model_name="customerrequest",
            index=models.Index(
                condition=models.Q(("state", "requested")), fields=["shop", "due_at"], name="request_to_answer"
            ),
        ),
        migrations.AddConstraint(
            model_name="customerrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["requested", "approved"])),
                fields=("case", "kind"),
                name="request_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="customerrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["requested", "withdrawn"]), ("answered_at__isnull", False), _connector="OR"
                ),
                name="request_answered_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="customerrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("state__in", ["requested", "approved"])),
                    models.Q(
                        models.Q(("state__in", ["requested", "approved"]), _negated=True), ("closed_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="request_closed_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="customerrequest",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="orders_customerrequest_in_shop"),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.UniqueConstraint(fields=("case", "position"), name="line_position_unique"),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="line_quantity_positive"),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(("discount__gte", 0), ("price__gte", 0), ("total__gte", 0)),
                name="line_money_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("lost__lte", models.F("taken")),
                    (
                        "reserved__lte",
                        django.db.models.expressions.CombinedExpression(models.F("quantity"), "-", models.F("back")),
                    ),
                    (
                        "taken__lte",
                        django.db.models.expressions.CombinedExpression(models.F("quantity"), "-", models.F("back")),
                    ),
                ),
                name="line_marks_within_quantity",
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("tax_percent", None), models.Q(("tax_percent__gte", 0), ("tax_percent__lte", 100)), _connector="OR"
                ),
                name="line_tax_percent_possible",
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="orders_line_in_shop"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["shop", "number"], name="order_by_number"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("held_until__isnull", False)), fields=["held_until"], name="order_by_hold"
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("shop", "source", "external_id"),
                name="order_external_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("discount__gte", 0),
                    ("points_value__gte", 0),
                    ("shipping__gte", 0),
                    ("subtotal__gte", 0),
                    ("tax__gte", 0),
                ),
                name="order_money_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("shipping_tax_percent", None),
                    models.Q(("shipping_tax_percent__gte", 0), ("shipping_tax_percent__lte", 100)),
                    _connector="OR",
                ),
                name="order_tax_percent_possible",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("choice", ""), ("chosen_at__isnull", True)),
                    models.Q(models.Q(("choice", ""), _negated=True), ("chosen_at__isnull", False)),
                    _connector="OR",
                ),
                name="proposal_chosen_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestedline",
            constraint=models.UniqueConstraint(fields=("request", "line"), name="requested_line_once"),
        ),
        migrations.AddConstraint(
            model_name="requestedline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("agreed__lte", models.F("pieces")), ("back__lte", models.F("agreed")), ("pieces__gt", 0)
                ),
                name="requested_line_possible",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.UniqueConstraint(fields=("shop", "country", "region", "tax_class"), name="tax_rate_once"),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__gte", 0), ("percent__lte", 100)), name="tax_rate_possible"
            ),
        ),
    ]
