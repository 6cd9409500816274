"""The scripted gateway and the listener to troubles for all tests of payments."""

from tests.payments.scripted import scripted
from tests.payments.troubles import troubles

__all__ = ["scripted", "troubles"]
