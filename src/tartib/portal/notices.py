"""Where gateways tell what became of payments."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tartib.payments import attempts, queries
from tartib.payments.gateways import gateway
from tartib.payments.gateways.protocol import Forged
from tartib.public.limits import uncounted
from tartib.shops.operations import within_limit
from tartib.shops.providers import Unreachable

LARGEST = 256 * 1024
"""Bytes of a notice; real ones have a few thousand."""
MOST_FORGED, FORGED_WITHIN = 60, timedelta(hours=1)

logger = logging.getLogger(__name__)


@uncounted
@csrf_exempt
@require_POST
def notice(request: HttpRequest, token: str) -> HttpResponse:
    """Take in what a gateway tells. It is answered as it wants only when that is safely in the books."""
    account = queries.account_of(token)
    if account is None:
        return HttpResponse(status=404)
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return HttpResponse(status=413)
    speaks, now = gateway(account.gateway), timezone.now()
    try:
        received = speaks.read_notice(account, request.headers, request.GET.dict(), request.body)
    except Forged:
        # Whoever sends many of them does not fill the books.
        if within_limit("notice.forged", [account.token], now=now, most=MOST_FORGED, window=FORGED_WITHIN):
            logger.warning("a notice to account %s is not its gateway's", account.pk)
            attempts.forged(account, now=now)
        return HttpResponse("not believed", status=403, content_type="text/plain")
    except Unreachable:
        return HttpResponse(status=503)
    if received is not None:
        attempts.apply_notice(account, received, now=now)
    answer = speaks.answer_notice(received)
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)
