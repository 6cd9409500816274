"""The mail server and the SMS service of the messages' tests."""

from tests.notify.conftest import mailbox, phone

__all__ = ["mailbox", "phone"]
