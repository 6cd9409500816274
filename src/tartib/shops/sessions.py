"""The sessions of the desk, kept as Django keeps them, and known by whose they are (`SESSION_ENGINE`).

An idle session ends with its row's `expire_date`; one in use ends `TARTIB_SESSION_LONGEST` seconds after the sign-in
that began it. Streams of live events that were opened in a session end with it: whoever holds them is told.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

from tartib.shops import sql
from tartib.shops.staffing import Session

BEGAN = "began"
RENEWED_AFTER = timedelta(minutes=5)
"""A session in use is written again at most this often."""


class SessionStore(db.SessionStore):
    """Django's store in the database, with whose session it is and when it began."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The table."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row of this session."""
        row = super().create_model_instance(data)
        assert isinstance(row, Session)
        row.ref = Session.ref_of(row.session_key)
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return row

    def due(self, now: datetime) -> bool:
        """Whether a session in use has not been written for a while, so that it would end as an idle one."""
        written = self.get(_WRITTEN)
        return written is None or now - datetime.fromisoformat(written) >= RENEWED_AFTER

    def renew(self, now: datetime) -> None:
        """Have the session live on from now."""
        self[_WRITTEN] = now.isoformat()

    def delete(self, session_key: str | None = None) -> None:
        """Forget a session, and end its streams."""
        key = session_key or self.session_key
        super().delete(session_key)
        if key:
            sql.end_streams(session=Session.ref_of(key))

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and a new session, where it is over."""
        data = super().load()
        longest = timedelta(seconds=settings.TARTIB_SESSION_LONGEST)
        if BEGAN in data and datetime.fromisoformat(data[BEGAN]) <= timezone.now() - longest:
            self._session_key = None
            return {}
        return data


_WRITTEN = "written"


def begin(request: Any, **_signal: object) -> None:
    """Note when somebody signed in: hears Django's `user_logged_in`."""
    now = timezone.now()
    request.session[BEGAN] = now.isoformat()
    request.session.renew(now)


def end_all(user_id: int, *, but: str = "") -> None:
    """Sign somebody out everywhere, or everywhere but in the session of the key `but`; their streams end with it."""
    Session.objects.filter(user_id=user_id).exclude(session_key=but).delete()
    sql.end_streams(user=user_id)


def forget(now: datetime) -> int:
    """Remove sessions that are over; returns how many."""
    removed, _each = Session.objects.filter(expire_date__lt=now).delete()
    return removed
