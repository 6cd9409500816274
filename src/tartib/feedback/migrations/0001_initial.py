import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_initial"),
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="FeedbackSettings",
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
                    "feedback_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        validators=[django.core.validators.MaxValueValidator(90)],
                        verbose_name="days until customers are asked how it was",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Feedback",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="feedback",
                        serialize=False,
                        to="cases.case",
                    ),
                ),
                ("token", models.CharField(max_length=32, unique=True)),
                ("asked_at", models.DateTimeField()),
                ("rating", models.PositiveSmallIntegerField(null=True, verbose_name="rating")),
                ("words", models.TextField(blank=True, verbose_name="words")),
                ("rated_at", models.DateTimeField(null=True)),
                (
                    "request",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="cases.case"
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("rated_at__isnull", False)),
                        fields=["shop", "-rated_at", "-case"],
                        name="feedback_by_time",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rated_at__isnull", True), ("rating__isnull", True)),
                            models.Q(("rated_at__isnull", False), ("rating__gte", 1), ("rating__lte", 5)),
                            _connector="OR",
                        ),
                        name="feedback_rating_one_to_five",
                    )
                ],
            },
        ),
    ]
