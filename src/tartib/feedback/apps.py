"""Django's registration of the app."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    """What customers thought."""

    name = "tartib.feedback"
    default_auto_field = "django.db.models.BigAutoField"
