"""Django's registration of the app."""

from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    """The shop window."""

    name = "tartib.storefront"
