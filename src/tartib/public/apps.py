"""Django's registration of the app."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """What the pages of a shop's customers share."""

    name = "tartib.public"
