"""Django's registration of the app."""

from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    """Carts and checkout."""

    name = "tartib.checkout"
    default_auto_field = "django.db.models.BigAutoField"
