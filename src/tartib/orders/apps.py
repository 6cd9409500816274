"""Django's registration of the app."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders."""

    name = "tartib.orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what orders add to the engine."""
        from tartib.orders import plugs

        plugs.register()
