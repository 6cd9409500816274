"""Django's registration of the project as a whole."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """What stands above all rooms."""

    name = "tartib.project"

    def ready(self) -> None:
        """Connect the rooms, which are all known by now."""
        from tartib.project import wiring

        wiring.connect()
