"""Django's registration of the app."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Cases and the engine."""

    name = "tartib.cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what cases hold of people."""
        from tartib.cases import persons

        persons.register()
