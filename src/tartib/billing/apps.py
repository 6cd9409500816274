"""Django's registration of the app."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Papers of orders."""

    name = "tartib.billing"
    default_auto_field = "django.db.models.BigAutoField"
