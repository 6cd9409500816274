"""Django's registration of the app."""

from django.apps import AppConfig


class MailboxConfig(AppConfig):
    """E-mails that come in."""

    name = "tartib.mailbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what a person has to see to when a letter cannot be read."""
        from tartib.mailbox import plugs

        plugs.register()
