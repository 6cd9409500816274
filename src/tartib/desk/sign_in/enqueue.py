"""Putting letters about somebody's own account off to the worker: whether there is one takes the same time to ask."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tartib.shops.security import Origin

SEND_LINK, SEND_CODE = "desk.send_password_link", "desk.send_sign_in_code"
QUEUE = "codes"


def send_link(user_id: int) -> None:
    """Have the link to choose another password sent; 0 is nobody."""
    app.configure_task(SEND_LINK, queue=QUEUE).defer(user_id=user_id)


def send_code(user_id: int, by: Origin) -> None:
    """Have the code that proves a mailbox sent, in the name of who asked for it; 0 is nobody."""
    app.configure_task(SEND_CODE, queue=QUEUE).defer(user_id=user_id, address=by.address, device=by.device)
