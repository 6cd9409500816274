"""Django's registration of the app."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders."""

    name = "tartib.orders"
    default_auto_field = "django.db.models.BigAutoField"
