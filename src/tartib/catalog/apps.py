"""Django's registration of the app."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Products and stock."""

    name = "tartib.catalog"
    default_auto_field = "django.db.models.BigAutoField"
