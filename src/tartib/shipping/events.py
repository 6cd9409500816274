"""What carriers tell of parcels, as events that workflows may follow."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVENTS: Mapping[str, str | Promise] = {
    "carrier.in-transit": _("parcel on its way"),
    "carrier.arrived": _("parcel at the branch"),
    "carrier.delivered": _("parcel delivered"),
    "carrier.returned": _("parcel returned"),
    "carrier.damaged": _("parcel damaged"),
}
"""The events, and what people call them."""
