"""The work that a letter makes which cannot be read."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from tartib.dispatch.kinds import Act, Kind
from tartib.dispatch.models import WorkRecord
from tartib.journal.operations import Actor
from tartib.shops.access import May

UNREAD = "letter-unread"


def _seen(_record: WorkRecord, _words: str, _actor: Actor, _now: datetime) -> None:
    """Nothing follows from it but that the record is settled, by whoever has read the letter."""


KIND = Kind(
    UNREAD,
    _("E-mail that could not be read"),
    _("An e-mail from %(sender)s could not be read here. It is kept as it came, on the page of its request."),
    _("Open the request and the whole e-mail in it, and answer it."),
    May.NOTE,
    timedelta(hours=8),
    (
        Act("open", _("Open the request"), "mail-opened", page="request", args=("code",), of_case=True),
        Act("seen", _("I have read it"), "check", do=_seen),
    ),
)
