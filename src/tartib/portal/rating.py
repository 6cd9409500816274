"""What a customer thought: one tap in a message, then words, by the feedback's own link."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tartib.feedback import operations, queries
from tartib.feedback.models import RATINGS, Feedback
from tartib.feedback.operations import LONGEST_WORDS
from tartib.portal import opening
from tartib.shops.operations import within_limit
from tartib.web import audience

WINDOW, MOST = timedelta(hours=1), 30
LABELS = {
    5: gettext_lazy("Excellent"),
    4: gettext_lazy("Good"),
    3: gettext_lazy("Fair"),
    2: gettext_lazy("Poor"),
    1: gettext_lazy("Bad"),
}


class Rate(forms.Form):
    """A rating, with words where there are any."""

    rating = forms.TypedChoiceField(choices=[(str(one), str(one)) for one in RATINGS], coerce=int)
    words = forms.CharField(
        label=gettext_lazy("What was good, what could be better?"),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """How it was, with the place for words; what was given can be changed for a week."""
    feedback = _enter(request, token)
    if feedback is None:
        return opening.nothing(request)
    form = Rate(request.POST or None, initial={"words": feedback.words})
    problem = ""
    if request.method == "POST" and form.is_valid():
        problem = _take_in(form, feedback)
        if not problem:
            return opening.private(redirect(_here(request, token)), posts=True)
    context = _context(feedback) | {"form": form, "problem": problem}
    status = 422 if problem or form.errors else 200
    return opening.private(render(request, "portal/feedback.html", context, status=status), posts=True)


@never_cache
@require_safe
def tap(request: HttpRequest, token: str, rating: int) -> HttpResponse:
    """One tap in the message leads here. Looking records nothing, since mail scanners look: this page posts itself."""
    feedback = _enter(request, token)
    if feedback is None or rating not in RATINGS:
        return opening.nothing(request)
    context = _context(feedback) | {"rating": rating, "label": LABELS[rating]}
    return opening.private(render(request, "portal/feedback_tap.html", context), posts=True)


def _take_in(form: Rate, feedback: Feedback) -> str:
    """Record the rating; else what is the matter, in the reader's language."""
    now = timezone.now()
    if not within_limit("feedback", [feedback.token], most=MOST, window=WINDOW, now=now):
        return _("Too many changes. Please wait an hour and try again.")
    words = form.cleaned_data["words"].strip() if "words" in form.data else None
    try:
        operations.rate(feedback.token, form.cleaned_data["rating"], now=now, words=words)
    except operations.TooLate:
        return _("Your answer can no longer be changed. Thank you for it.")
    return ""


def _enter(request: HttpRequest, token: str) -> Feedback | None:
    feedback = queries.by_token(token) if len(token) == 32 else None
    if feedback is not None:
        audience.enter(feedback.shop, opening.language(request, feedback.case), now=timezone.now())
    return feedback


def _context(feedback: Feedback) -> dict[str, object]:
    case = feedback.case
    return {
        "feedback": feedback,
        "shop": feedback.shop,
        "case": case,
        "choices": list(LABELS.items()),
        "languages": opening.offered([*feedback.shop.languages, case.language]),
    }


def _here(request: HttpRequest, token: str) -> str:
    language = request.GET.get("language", "")
    return f"/f/{token}/" + (f"?language={language}" if language.isascii() and language.isalpha() else "")
