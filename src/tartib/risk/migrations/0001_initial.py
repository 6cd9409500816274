import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_initial"),
        ("files", "0001_initial"),
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Rules",
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
                ("levels", models.JSONField(blank=True, default=dict, help_text="Signal -> level, where not usual.")),
                (
                    "velocity_hours",
                    models.PositiveSmallIntegerField(
                        default=24,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(720),
                        ],
                    ),
                ),
                (
                    "velocity_most",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                    ),
                ),
                (
                    "amount_times",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                    ),
                ),
                ("words", models.TextField(blank=True, max_length=2000)),
                (
                    "identity_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(90),
                        ],
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Check",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "signal",
                    models.CharField(
                        choices=[
                            ("ip-country", "Country of the IP address"),
                            ("card-country", "Country of the card"),
                            ("phone-country", "Country of the phone number"),
                            ("names", "Another name on the bill"),
                            ("email", "Throwaway e-mail address"),
                            ("velocity", "Many orders in a short time"),
                            ("amount", "Unusually high amount"),
                            ("words", "Words of your own choice"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("off", "do not look"),
                            ("hint", "show it"),
                            ("hold", "show it and hold the order for review"),
                        ],
                        max_length=6,
                    ),
                ),
                ("params", models.JSONField(default=dict)),
                ("found_at", models.DateTimeField()),
                ("held_at", models.DateTimeField(help_text="When the order was held because of it.", null=True)),
                ("cleared_at", models.DateTimeField(null=True)),
                ("cleared_by", models.CharField(blank=True, max_length=150)),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checks",
                        to="cases.case",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="shops.shop"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("case", "signal"), name="check_once")],
            },
        ),
        migrations.CreateModel(
            name="Proof",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked for"),
                            ("given", "To check"),
                            ("accepted", "Accepted"),
                            ("declined", "Not accepted"),
                            ("expired", "Time has run out"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("asked_by", models.CharField(max_length=150)),
                ("asked_at", models.DateTimeField()),
                ("given_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=150)),
                ("decided_at", models.DateTimeField(null=True)),
                ("until", models.DateTimeField(help_text="When it ends by itself and the paper is deleted.")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="proofs", to="cases.case"
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
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="files.upload"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("asked", "given"))), fields=["until"], name="proof_to_end"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("asked", "given"))), fields=("case",), name="proof_open_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("upload__isnull", True), ("state", "given"), _connector="OR"),
                        name="proof_kept_while_looked_at",
                    ),
                ],
            },
        ),
    ]
