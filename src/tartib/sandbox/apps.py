"""Django's registration of the app."""

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    """Practice shops and their catcher."""

    name = "tartib.sandbox"
    label = "practice"
