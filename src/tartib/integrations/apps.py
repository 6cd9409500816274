"""Django's registration of the app."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Orders that come from elsewhere."""

    name = "tartib.integrations"
    default_auto_field = "django.db.models.BigAutoField"
