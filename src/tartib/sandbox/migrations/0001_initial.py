import django.db.models.deletion
from django.db import migrations, models

import tartib.sandbox.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("payments", "0001_initial"),
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Caught",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("email", "Email"), ("sms", "Sms"), ("push", "Push")], max_length=5),
                ),
                ("key", models.CharField(help_text="The sender's idempotency key.", max_length=80, null=True)),
                ("sender", models.CharField(blank=True, max_length=250)),
                ("recipient", models.CharField(max_length=250)),
                (
                    "reply_to",
                    models.CharField(
                        blank=True, help_text="Where it is answered, if that is taken in here.", max_length=250
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=250)),
                ("text", models.TextField(blank=True)),
                ("html", models.TextField(blank=True)),
                ("language", models.CharField(blank=True, max_length=10)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("kind", "key"), name="caught_once")],
            },
        ),
        migrations.CreateModel(
            name="Charge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.CharField(help_text="The shop's key for the payment.", max_length=22)),
                (
                    "reference",
                    models.CharField(default=tartib.sandbox.models.new_reference, max_length=40, unique=True),
                ),
                ("amount", models.BigIntegerField(help_text="In the currency's smallest units.")),
                ("currency", models.CharField(max_length=3)),
                ("paid", models.BooleanField()),
                ("reason", models.CharField(blank=True, max_length=80)),
                ("at", models.DateTimeField()),
                (
                    "contest",
                    models.CharField(
                        blank=True, choices=[("open", "Open"), ("won", "Won"), ("lost", "Lost")], max_length=5
                    ),
                ),
                ("contested_at", models.DateTimeField(help_text="When it was disputed.", null=True)),
                (
                    "contest_told_at",
                    models.DateTimeField(help_text="When the dispute came to stand as it does.", null=True),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="payments.account",
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
            name="SentBack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.CharField(default=tartib.sandbox.models.new_reference, max_length=40, unique=True),
                ),
                ("key", models.CharField(max_length=22, unique=True)),
                ("amount", models.BigIntegerField(help_text="In the currency's smallest units.")),
                ("at", models.DateTimeField()),
                (
                    "failed_at",
                    models.DateTimeField(help_text="When the bank could not deliver it after all.", null=True),
                ),
                (
                    "charge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sent_back", to="practice.charge"
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
            model_name="charge",
            index=models.Index(fields=["account", "order"], name="charge_by_order"),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="charge_amount_positive"),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.UniqueConstraint(fields=("shop", "id"), name="practice_charge_in_shop"),
        ),
        migrations.AddConstraint(
            model_name="sentback",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="sent_back_amount_positive"),
        ),
    ]
