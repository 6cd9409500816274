"""How a shop with a web site of its own shows there where an order is."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tartib.desk.access import StaffRequest, staff
from tartib.shops.access import May


@require_safe
@staff(May.SETTINGS)
def embedding_page(request: StaffRequest) -> HttpResponseBase:
    """The line to copy."""
    source = settings.TARTIB_URL + reverse("portal:embed-script")
    context = {
        "tab": "embedding",
        "line": f'<script src="{source}" data-shop="{request.shop.slug}" async></script>',
        "policy": f"script-src {settings.TARTIB_URL}; connect-src {settings.TARTIB_URL}",
    }
    return render(request, "desk/settings/settings_embedding.html", context)
