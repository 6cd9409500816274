"""The mail server and the SMS service of the messages' tests."""

from tests.services import mailbox, phone

__all__ = ["mailbox", "phone"]
