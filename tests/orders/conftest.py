"""The scripted gateway for tests of orders whose money goes back."""

from tests.payments.scripted import scripted

__all__ = ["scripted"]
