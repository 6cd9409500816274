"""Django's registration of the app."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Customers and their groups."""

    name = "tartib.customers"
    default_auto_field = "django.db.models.BigAutoField"
