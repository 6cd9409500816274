"""Django's registration of the app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """REST API."""

    name = "tartib.api"

    def ready(self) -> None:
        """Register what kept answers hold of people."""
        from tartib.api import persons
        from tartib.customers import plugs

        plugs.erasers.append(persons.forget)
