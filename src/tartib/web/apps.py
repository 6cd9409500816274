"""Django's registration of the app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Page furniture."""

    name = "tartib.web"
