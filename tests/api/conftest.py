"""The scripted gateway for tests of the money that programs see."""

from tests.payments.scripted import scripted

__all__ = ["scripted"]
