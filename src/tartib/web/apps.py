"""Django's registration of the app."""

from django.apps import AppConfig
from django.core.signals import request_started


class WebConfig(AppConfig):
    """Page furniture."""

    name = "tartib.web"

    def ready(self) -> None:
        """Start every request as a reader of no shop: a thread serves many requests, one after another.

        Fields complain in the product's own words, in every form.
        """
        from tartib.web import audience, complaints  # translations may be asked for only once Django is ready

        complaints.speak()
        request_started.connect(audience.forget, dispatch_uid="tartib.web.audience")
