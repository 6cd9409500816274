import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0001_initial"),
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("platform", models.CharField(max_length=20, verbose_name="platform")),
                ("filename", models.CharField(max_length=200, verbose_name="file")),
                ("size", models.BigIntegerField(help_text="Bytes of the file.")),
                ("digest", models.CharField(help_text="SHA-256 of the file.", max_length=64)),
                ("mapping", models.JSONField(null=True)),
                ("statuses", models.JSONField(default=dict)),
                ("notify", models.BooleanField(default=False, verbose_name="tell the customers")),
                ("take_stock", models.BooleanField(default=False, verbose_name="take stock for open orders")),
                ("update", models.BooleanField(default=False, verbose_name="change products that are here")),
                (
                    "store",
                    models.CharField(
                        blank=True, help_text="Which of several the orders are of.", max_length=40, verbose_name="store"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Uploaded"),
                            ("checking", "Being checked"),
                            ("checked", "Checked"),
                            ("running", "Running"),
                            ("stopped", "Stopped"),
                            ("finished", "Finished"),
                            ("failed", "Failed"),
                        ],
                        default="uploaded",
                        max_length=10,
                    ),
                ),
                ("position", models.PositiveIntegerField(default=0)),
                ("bytes_read", models.BigIntegerField(default=0)),
                ("read", models.PositiveIntegerField(default=0, verbose_name="read")),
                ("placed", models.PositiveIntegerField(default=0, verbose_name="new")),
                ("present", models.PositiveIntegerField(default=0, verbose_name="already here")),
                ("warnings", models.PositiveIntegerField(default=0, verbose_name="warnings")),
                ("errors", models.PositiveIntegerField(default=0, verbose_name="errors")),
                ("reached", models.JSONField(default=dict, help_text="Status code -> orders put there.")),
                ("checked", models.JSONField(help_text="The counts of the dry run.", null=True)),
                ("spent", models.DurationField(help_text="Time at work, without the pauses.", null=True)),
                ("created_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "member",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="shops.membership"
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="imports",
                        to="shops.shop",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Chunk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("data", models.BinaryField()),
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
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chunks",
                        to="integrations.import",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Problems",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("items", models.JSONField()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="problems", to="integrations.import"
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
            name="SavedMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("of_products", models.BooleanField(default=False)),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("mapping", models.JSONField()),
                ("statuses", models.JSONField(default=dict)),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="shops.shop"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WantedPhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("url", models.CharField(max_length=1000)),
                ("place", models.PositiveSmallIntegerField(default=0)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("try_at", models.DateTimeField(null=True)),
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
                    "shop",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="shops.shop"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(fields=["shop", "-created_at"], name="import_by_shop"),
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="integrations_import_in_shop"),
        ),
        migrations.AddConstraint(
            model_name="chunk",
            constraint=models.UniqueConstraint(fields=("batch", "number"), name="import_chunk_once"),
        ),
        migrations.AddConstraint(
            model_name="savedmapping",
            constraint=models.UniqueConstraint(fields=("shop", "of_products", "name"), name="saved_mapping_once"),
        ),
        migrations.AddIndex(
            model_name="wantedphoto",
            index=models.Index(
                condition=models.Q(("try_at__isnull", False)), fields=["shop", "try_at"], name="wanted_photo_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="wantedphoto",
            constraint=models.UniqueConstraint(fields=("listing", "url"), name="wanted_photo_once"),
        ),
    ]
