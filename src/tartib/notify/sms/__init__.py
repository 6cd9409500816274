"""The providers of SMS, one file each behind one small protocol (`protocol.SmsProvider`). A new one is a file here.

Each file has one `PROVIDER`; it is found by being there. What is sent goes through `channels.sms` alone.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from tartib.notify.sms.protocol import SmsProvider

_NOT_PROVIDERS = frozenset({"protocol", "http"})


@cache
def providers() -> dict[str, SmsProvider]:
    """All providers by code, in the order of their codes."""
    found = [
        import_module(f"{__name__}.{module.name}").PROVIDER
        for module in iter_modules(__path__)
        if module.name not in _NOT_PROVIDERS
    ]
    return {one.code: one for one in sorted(found, key=lambda one: one.code)}


def offered() -> list[SmsProvider]:
    """Those that a shop may choose; a practice shop has the one for practice without choosing."""
    return [one for one in providers().values() if not one.practice]
