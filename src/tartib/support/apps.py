"""Django's registration of the app."""

from django.apps import AppConfig


class SupportConfig(AppConfig):
    """Support requests."""

    name = "tartib.support"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what support requests add to the engine."""
        from tartib.support import plugs

        plugs.register()
