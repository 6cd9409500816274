"""The scripted gateway, for refunds that fail."""

from tests.payments.scripted import scripted

__all__ = ["scripted"]
