"""Django's registration of the app."""

from django.apps import AppConfig


class PracticeConfig(AppConfig):
    """Practice shops and their catcher."""

    name = "tartib.practice"
