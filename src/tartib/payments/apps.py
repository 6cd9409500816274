"""Django's registration of the app."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Payments."""

    name = "tartib.payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what payments add to the engine."""
        from tartib.payments import plugs

        plugs.register()
