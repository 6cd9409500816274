"""Django's registration of the app."""

from django.apps import AppConfig


class PracticeConfig(AppConfig):
    """Practice shops and their catcher."""

    name = "tartib.practice"

    def ready(self) -> None:
        """Register what the catcher holds of people; be given the SMS and shown the push messages of practice shops."""
        from tartib.customers import plugs
        from tartib.notify.channels import push
        from tartib.notify.sms.practice import catchers
        from tartib.practice import persons
        from tartib.practice.operations import catch_push, catch_text

        plugs.erasers.append(persons.forget)
        push.witnesses.append(catch_push)
        catchers.append(catch_text)
