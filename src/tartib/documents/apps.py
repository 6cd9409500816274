"""Django's registration of the app."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Documents."""

    name = "tartib.documents"
