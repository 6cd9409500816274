"""Django's registration of the app."""

from django.apps import AppConfig


class ShopsConfig(AppConfig):
    """Shops, branches, users and memberships."""

    name = "tartib.shops"
    default_auto_field = "django.db.models.BigAutoField"
