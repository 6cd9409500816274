"""Django's registration of the app."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Orders that come from elsewhere."""

    name = "tartib.integrations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what imports hold of people."""
        from tartib.customers import plugs
        from tartib.integrations import persons

        plugs.erasers.append(persons.forget)
