"""Django's registration of the app."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Orders that come from elsewhere."""

    name = "tartib.imports"
    label = "integrations"
    default_auto_field = "django.db.models.BigAutoField"
