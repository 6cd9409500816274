"""Django's registration of the app."""

from django.apps import AppConfig


class RiskConfig(AppConfig):
    """Orders that need a second look."""

    name = "tartib.risk"
    label = "trust"
    default_auto_field = "django.db.models.BigAutoField"
