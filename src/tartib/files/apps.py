"""Django's registration of the app."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Pictures and papers."""

    name = "tartib.files"
    default_auto_field = "django.db.models.BigAutoField"
