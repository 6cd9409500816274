"""Django's registration of the app."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """The append-only timeline."""

    name = "tartib.journal"
    default_auto_field = "django.db.models.BigAutoField"
