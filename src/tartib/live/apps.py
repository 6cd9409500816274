"""Django's registration of the app."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    """Live events."""

    name = "tartib.live"
