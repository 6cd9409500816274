"""Django's registration of the app."""

from django.apps import AppConfig


class ShippingConfig(AppConfig):
    """Ways of delivery and their rates."""

    name = "tartib.shipping"
    default_auto_field = "django.db.models.BigAutoField"
