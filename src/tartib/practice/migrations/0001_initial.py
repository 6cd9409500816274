from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Caught",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("email", "Email"), ("sms", "Sms")], max_length=5)),
                ("key", models.CharField(help_text="The sender's idempotency key.", max_length=80, null=True)),
                ("sender", models.CharField(blank=True, max_length=250)),
                ("recipient", models.CharField(max_length=250)),
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
    ]
