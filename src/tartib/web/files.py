"""Handing over files that people gave: so that a browser shows them and can do nothing else with them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from tartib.files import queries
from tartib.files.models import Upload
from tartib.shops.secrets import Unreadable

# Should a browser ever take a file for a page, the page has no scripts, no forms, no origin and no resources.
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
FOR_EVER = "public, max-age=31536000, immutable"
NEVER = "private, no-store"


def pdf(content: bytes, name: str) -> HttpResponse:
    """A document of ours to look at, under that name. The face that calls this has checked who reads it."""
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


@require_safe
def public(_request: HttpRequest, token: str, width: int | None = None) -> HttpResponse:
    """A file whose address is all it takes to see it; its content never changes, so browsers keep it."""
    upload = queries.public(token)
    if upload is None:
        raise Http404
    return answer(upload, width)


def text(words: str) -> HttpResponse:
    """Text that somebody wrote, as nothing but text. The face that calls this has checked who reads it."""
    return HttpResponse(
        words,
        content_type="text/plain; charset=utf-8",
        headers={
            "Content-Security-Policy": SANDBOX,
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": NEVER,
        },
    )


def answer(upload: Upload, width: int | None = None) -> HttpResponse:
    """Hand over a file. The face that calls this has checked that the reader may have it, unless it is public.

    A picture is shown, at least `width` pixels wide where it has that many; any other paper is downloaded. Raises
    `Http404` when its content is gone or can no longer be decrypted.
    """
    try:
        content = queries.content(upload, width)
    except (queries.Gone, Unreadable) as problem:
        raise Http404 from problem
    name = content_disposition_header(not upload.is_picture, upload.name)
    return HttpResponse(
        content,
        content_type=upload.content_type,
        headers={
            "Content-Disposition": name or "inline",
            "Content-Security-Policy": SANDBOX,
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "cross-origin" if upload.public else "same-origin",
            "Cache-Control": FOR_EVER if upload.public else NEVER,
        },
    )
