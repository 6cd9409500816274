"""The scripted gateway for all tests of payments."""

from tests.payments.scripted import scripted

__all__ = ["scripted"]
