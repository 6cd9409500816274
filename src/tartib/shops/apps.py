"""Django's registration of the app."""

from django.apps import AppConfig


class ShopsConfig(AppConfig):
    """Shops, branches, users and memberships."""

    name = "tartib.shops"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have sessions know when they began."""
        from django.contrib.auth.signals import user_logged_in

        from tartib.shops import sessions

        user_logged_in.connect(sessions.begin, dispatch_uid="tartib.shops.sessions")
