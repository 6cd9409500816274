"""Django's registration of the app."""

from django.apps import AppConfig


class SupportConfig(AppConfig):
    """Support requests."""

    name = "tartib.support"
    default_auto_field = "django.db.models.BigAutoField"
