import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Anchoring",
            fields=[
                (
                    "shop",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="shops.shop",
                    ),
                ),
                ("number", models.PositiveBigIntegerField()),
                ("mark", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("mailed", models.PositiveBigIntegerField(default=0)),
                ("stored", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Register",
            fields=[
                (
                    "shop",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="shops.shop",
                    ),
                ),
                ("last", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Chain",
            fields=[
                ("case_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("number", models.PositiveBigIntegerField()),
                ("length", models.PositiveIntegerField(default=0)),
                ("head", models.BinaryField(max_length=32)),
                (
                    "anchored",
                    models.PositiveIntegerField(
                        db_default=0, help_text="How long it was at the last anchor that holds it."
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
                "constraints": [models.UniqueConstraint(fields=("shop", "number"), name="chain_number_unique")],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case_id", models.BigIntegerField()),
                ("seq", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=12)),
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
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_name", models.CharField(max_length=150)),
                ("shown", models.BooleanField(help_text="Whether the customer sees it.")),
                ("act_id", models.UUIDField(help_text="The act of which this entry is a part.", null=True)),
                ("facts", models.JSONField(default=dict)),
                ("words", models.JSONField(null=True)),
                (
                    "salt",
                    models.BinaryField(
                        help_text="Keeps the seal from telling what was sealed.", max_length=16, null=True
                    ),
                ),
                ("seal", models.BinaryField(help_text="The digest of what was erased.", max_length=32, null=True)),
                ("hash", models.BinaryField(max_length=32)),
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
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("kind", "deleted")), fields=["shop", "case_id"], name="entry_of_deleted"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("case_id", "seq"), name="entry_seq_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("words", None), ("salt__isnull", False), _connector="OR"),
                        name="entry_words_salted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("salt", None), ("seal", None), _connector="OR"),
                        name="entry_salted_or_sealed",
                    ),
                ],
            },
        ),
    ]
