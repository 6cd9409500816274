"""Django's registration of the app."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Payments."""

    name = "tartib.payments"
    default_auto_field = "django.db.models.BigAutoField"
