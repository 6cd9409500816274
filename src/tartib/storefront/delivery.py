"""How pages of the window are handed over: small, and kept by caches as far as they are the same for all."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers, set_response_etag
from django.views.decorators.gzip import gzip_page

A_MINUTE = 60


def light(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Compress a page's answers, and let them be kept.

    To who comes without any cookie and gets none, a page is the same as to everybody else: caches may keep it for a
    minute. To others it is their own, and asked about each time. The language is in the address, so it needs no care.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        patch_vary_headers(response, ["Cookie"])
        if response.status_code != 200 or not isinstance(response, HttpResponse):
            return response
        if request.COOKIES or response.cookies or request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
            patch_cache_control(response, private=True, no_cache=True)
        else:
            patch_cache_control(response, public=True, max_age=A_MINUTE)
        set_response_etag(response)
        return get_conditional_response(request, etag=response["ETag"], response=response) or response

    return gzip_page(answered)
