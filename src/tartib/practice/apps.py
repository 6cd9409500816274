"""Django's registration of the app."""

from django.apps import AppConfig


class PracticeConfig(AppConfig):
    """Practice shops and their catcher."""

    name = "tartib.practice"

    def ready(self) -> None:
        """Register what the catcher holds of people."""
        from tartib.customers import plugs
        from tartib.practice import persons

        plugs.erasers.append(persons.forget)
