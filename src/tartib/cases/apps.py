"""Django's registration of the app."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Cases and the engine."""

    name = "tartib.cases"
    default_auto_field = "django.db.models.BigAutoField"
