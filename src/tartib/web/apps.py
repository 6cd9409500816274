"""Django's registration of the app."""

from django.apps import AppConfig
from django.core.signals import request_started
from django.utils.translation import gettext_lazy


class WebConfig(AppConfig):
    """Page furniture."""

    name = "tartib.web"

    def ready(self) -> None:
        """Start every request as a reader of no shop: a thread serves many requests, one after another.

        An empty field is spoken of in the product's own words, in every form.
        """
        from django.forms import Field

        from tartib.web import audience  # translations may be asked for only once Django is ready

        Field.default_error_messages["required"] = gettext_lazy("Please fill this in.")

        request_started.connect(audience.forget, dispatch_uid="tartib.web.audience")
