"""Django's registration of the app."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Customers and their groups."""

    name = "tartib.customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have names sorted as the language of their shop orders them, and tell people what is held of them."""
        from tartib.customers import persons, plugs
        from tartib.shops import naming

        naming.register("customers_customer")
        plugs.exporters.append(persons.tell)
