"""Django's registration of the app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Customer's pages."""

    name = "tartib.portal"
