import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import tartib.files.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(default=tartib.files.models.new_token, max_length=32, unique=True)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("photo", "Photo of a product"),
                            ("logo", "Shop's logo"),
                            ("slip", "Payment slip"),
                            ("attachment", "Attachment"),
                            ("progress", "Photo of the work"),
                            ("identity", "Proof of identity"),
                            ("letter", "E-mail as it came"),
                        ],
                        max_length=12,
                        verbose_name="purpose",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("content_type", models.CharField(max_length=40)),
                ("size", models.PositiveIntegerField(help_text="Bytes.", verbose_name="size")),
                ("sha256", models.CharField(max_length=64)),
                ("width", models.PositiveIntegerField(help_text="Pixels of the widest picture kept.", null=True)),
                ("height", models.PositiveIntegerField(help_text="Pixels, likewise.", null=True)),
                (
                    "widths",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(), default=list, size=None
                    ),
                ),
                ("sealed", models.BooleanField(default=False, help_text="Whether the content is encrypted.")),
                ("created_at", models.DateTimeField()),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="shops.shop"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sealed", False),
                            models.Q(("purpose__in", ["photo", "logo"]), _negated=True),
                            _connector="OR",
                        ),
                        name="upload_public_or_sealed",
                    ),
                    models.UniqueConstraint(fields=("shop", "id"), name="files_upload_in_shop"),
                ],
            },
        ),
    ]
