"""Words of messages that lead into the window."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tartib.l10n import names
from tartib.orders.recommendations import with_orders
from tartib.shops.texts import text_of
from tartib.web.addresses import shop_url

WORDS = {
    "recommendations_title": _("A heading for recommendations; nothing where there are none"),
    "recommendations": _("What others bought together with these products, a line each, where enough is known"),
}


def words(case_ids: Sequence[int], language: str) -> dict[int, dict[str, str]]:
    """The listings recommended with these orders, each with its address (D13)."""
    return {
        case_id: {
            "recommendations_title": gettext("Others bought together with it:"),
            "recommendations": "\n".join(
                f"{text_of(one, 'title', language)}{names.colon(language)}"
                f"{shop_url(one.shop, 'storefront:listing', language=language, listing=one.slug)}"
                for one in listings
            ),
        }
        for case_id, listings in with_orders(case_ids).items()
    }
