"""Django's registration of the app."""

from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    """The shop window."""

    name = "tartib.storefront"

    def ready(self) -> None:
        """Register what the window adds to messages."""
        from tartib.storefront import plugs

        plugs.register()
