"""Support requests, as rooms that serve all kinds of cases need to know them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tartib.cases.kinds import Kind
from tartib.support import SUPPORT, hooks

KIND = Kind(
    code=SUPPORT,
    name=_("Support request"),
    area="support",
    page="desk:request",
    customer_page="portal:thread",
    search_text=hooks.found_by,
    letter_ids=hooks.letter_ids,
    confirmed=False,
    helped=False,
    binds=False,
    titled_by_customer=True,
)
