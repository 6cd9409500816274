"""Django's registration of the app."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Products and stock."""

    name = "tartib.catalog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have names sorted as the language of their shop orders them."""
        from tartib.shops import naming

        naming.register("catalog_product")
        naming.register("catalog_listing", "title", "sort_title")
