"""The country an IP address belongs to, from a file on this machine: no address is ever shown to anybody else.

The file is in MaxMind's format, with the country as `country_code` or, as MaxMind's own have it, `country.iso_code`.
Where it comes from and how far it can be believed: `docs/decisions/country-of-an-address.md`.
"""

from __future__ import annotations

import logging
from functools import cache
from ipaddress import IPv6Address, ip_address
from typing import Any

import maxminddb
from django.conf import settings

logger = logging.getLogger(__name__)


def country_of(ip: str) -> str:
    """The ISO 3166 code of the country `ip` is registered in; empty when that is unknown or no country's."""
    try:
        address = ip_address(ip)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    countries = _countries()
    # Addresses for private networks and examples are in no country, whatever a file says of them.
    if countries is None or not address.is_global:
        return ""
    found: Any = countries.get(address)
    if not isinstance(found, dict):
        return ""
    return str(found.get("country_code") or found.get("country", {}).get("iso_code") or "")[:2]


@cache
def _countries() -> maxminddb.Reader | None:
    """The file, opened with the first question and mapped into memory, which all processes share."""
    try:
        return maxminddb.open_database(settings.TARTIB_COUNTRIES)
    except (OSError, maxminddb.InvalidDatabaseError) as problem:
        logger.warning("countries of IP addresses stay unknown: %s", problem)
        return None
