"""Where providers of SMS tell what became of texts."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tartib.notify import receipts, service
from tartib.notify.sms import providers
from tartib.notify.sms.protocol import Forged
from tartib.public.limits import uncounted
from tartib.shops.operations import within_limit
from tartib.web.headers import visitor

LARGEST = 64 * 1024
"""Bytes of a receipt; real ones have a few hundred."""
MOST_FORGED, FORGED_WITHIN = 60, timedelta(hours=1)

logger = logging.getLogger(__name__)


@uncounted
@csrf_exempt
@require_POST
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Take in what a provider tells. One about a text that nobody knows is answered like any other."""
    now, account = timezone.now(), service.by_token(token)
    if account is None:
        return _unbelieved(request, 404)
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return HttpResponse(status=413)
    url = f"{settings.TARTIB_URL}{request.get_full_path()}"
    speaks = providers()[account.provider]
    try:
        told = speaks.read_receipts(account, url, request.headers, request.GET.dict(), request.body)
    except Forged:
        logger.warning("a receipt to the SMS account of shop %s is not its provider's", account.pk)
        return _unbelieved(request, 403)
    receipts.apply_receipts(account, told, now=now)
    return HttpResponse(status=200)


def _unbelieved(request: HttpRequest, status: int) -> HttpResponse:
    """Whoever guesses many times is told to wait instead."""
    known = within_limit("sms.forged", [visitor(request)], now=timezone.now(), most=MOST_FORGED, window=FORGED_WITHIN)
    return HttpResponse(status=status if known else 429)
