"""The provider of practice shops, which delivers to nobody: `project.wiring` connects who shows what they send."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tartib.notify.sms.protocol import Credit, Sent, SmsProvider, Text

if TYPE_CHECKING:
    from tartib.notify.models import SmsAccount

catchers: Sequence[Callable[[Text], None]] = ()
"""Who is given what practice shops send. Each keeps the same key once."""


class Practice(SmsProvider):
    """Hands texts to the catchers."""

    code = "practice"
    name = _("Practice")
    practice = True

    def send(self, account: SmsAccount, text: Text) -> Sent:
        """Give a text to every catcher."""
        for catch in catchers:
            catch(text)
        return Sent(text.key.hex)

    def credit(self, account: SmsAccount) -> Credit | None:
        """Practice costs nothing."""
        return None


PROVIDER = Practice()
