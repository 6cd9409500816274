"""Django's registration of the app."""

from django.apps import AppConfig


class MailboxConfig(AppConfig):
    """E-mails that come in."""

    name = "tartib.mailbox"
    default_auto_field = "django.db.models.BigAutoField"
