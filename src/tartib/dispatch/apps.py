"""Django's registration of the app."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    """Work that must not be forgotten."""

    name = "tartib.dispatch"
    default_auto_field = "django.db.models.BigAutoField"
