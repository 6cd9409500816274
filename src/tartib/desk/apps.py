"""Django's registration of the app."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The face for staff."""

    name = "tartib.desk"
