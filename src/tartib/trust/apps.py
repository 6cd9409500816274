"""Django's registration of the app."""

from django.apps import AppConfig


class TrustConfig(AppConfig):
    """Orders that need a second look."""

    name = "tartib.trust"
    default_auto_field = "django.db.models.BigAutoField"
