"""SMS through Apprise: a shop's service is one address with `{to}` in it, such as `kavenegar://KEY/{to}`."""

from __future__ import annotations

import logging
import re
import threading
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tartib.notify.channels.letter import LONGEST_ANSWER, Answer, Letter
from tartib.notify.models import Reason, State
from tartib.notify.wording import one_line
from tartib.shops.models import Shop
from tartib.shops.outside import leads_inward

PLACE = "{to}"
_HTTP_ERROR = re.compile(r"\berror=(\d{3})\b")
_WORTH_A_RETRY = (408, 409, 423, 425, 429)


def check_service(url: str) -> None:
    """Refuse, with a ValidationError, an address at which no SMS can be sent. Empty means no service and is fine."""
    if not url:
        return
    if PLACE not in url:
        raise ValidationError(_("Write {to} where the recipient's number goes, as in kavenegar://KEY/{to}."))
    plugin = _plugin(url, "+380501112233")
    if plugin is None:
        raise ValidationError(_("This is not the address of a service that Apprise knows. Compare it with its list."))
    if _leads_inward(plugin):
        raise ValidationError(
            _("This address leads into Tartib's own network. Name a service that is reached over the internet.")
        )


def unready(shop: Shop) -> str:
    """Why `shop` cannot send SMS: no service entered or, for a practice shop, no catcher."""
    if _service(shop):
        return ""
    return Reason.NO_CATCHER if shop.practice else Reason.NO_SERVICE


class SmsSender:
    """Sends each letter by its shop's service."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        pass

    def send(self, letter: Letter) -> Answer:
        """Hand one letter to the shop's service; what the service answers is overheard from Apprise's log."""
        if reason := unready(letter.shop):
            return Answer(State.WITHHELD, reason=reason)
        if not re.fullmatch(r"\+?\d{3,20}", letter.recipient):
            return Answer(State.BOUNCED, reason=Reason.BAD_ADDRESS)
        service = _service(letter.shop)
        plugin = _plugin(service, letter.recipient) if PLACE in service else None
        if plugin is None:
            return Answer(State.WITHHELD, reason=Reason.BAD_SERVICE)
        # Asked again each time: what a name stands for can change after it was saved.
        if not letter.shop.practice and _leads_inward(plugin):
            return Answer(State.WITHHELD, reason=Reason.INWARD_SERVICE)
        plugin.redirects = False
        headers = getattr(plugin, "headers", None)
        if isinstance(headers, dict):
            headers["Idempotency-Key"] = str(letter.key)
        with _Overheard() as overheard:
            try:
                sent = plugin.notify(letter.text, body_format="text")
            except Exception as problem:  # a plug-in for one of a hundred services may raise anything
                sent = False
                overheard.lines.append(f"{type(problem).__name__}: {problem}")
        said = one_line(" ".join(overheard.lines), LONGEST_ANSWER)
        if sent:
            return Answer(State.SENT, said)
        code = _HTTP_ERROR.search(said)
        never = code is not None and code[1].startswith("4") and int(code[1]) not in _WORTH_A_RETRY
        return Answer(State.FAILED if never else State.QUEUED, said)


class _Overheard(logging.Handler):
    """Collects what Apprise reports in this thread: it has no other way to tell what a provider said."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []
        self._thread = threading.get_ident()
        self._logger = logging.getLogger("apprise")

    def __enter__(self) -> Self:
        self._level = self._logger.level
        if self._logger.getEffectiveLevel() > logging.INFO:
            self._logger.setLevel(logging.INFO)
        self._logger.addHandler(self)
        return self

    def __exit__(self, *_problem: object) -> None:
        self._logger.removeHandler(self)
        self._logger.setLevel(self._level)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line of the log."""
        if record.thread == self._thread:
            self.lines.append(record.getMessage())


def _service(shop: Shop) -> str:
    if shop.practice:
        return str(getattr(settings, "TARTIB_PRACTICE_SMS_URL", ""))
    return shop.sms_url


def _leads_inward(plugin: Any) -> bool:
    """Whether the service is at a host the shop named itself, and that host is not one of the open net."""
    if settings.TARTIB_INTERNAL_SERVICES or not any("{host}" in template for template in plugin.templates):
        return False
    return leads_inward(str(plugin.host or ""))


def _plugin(url: str, number: str) -> Any:
    import apprise  # its hundred services take a while to read, and pages need none of them

    return apprise.Apprise.instantiate(url.replace(PLACE, quote(number, safe="")), suppress_exceptions=True)
