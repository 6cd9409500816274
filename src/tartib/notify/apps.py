"""Django's registration of the app."""

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    """Messages and templates."""

    name = "tartib.notify"
    default_auto_field = "django.db.models.BigAutoField"
