"""Asking to cancel an order or to send goods back, by the order's own link: no account is needed."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tartib.cases.models import Case
from tartib.files.operations import Unfit
from tartib.journal.models import ActorKind
from tartib.journal.operations import Actor
from tartib.l10n import digits
from tartib.orders import requesting
from tartib.orders.models import Line
from tartib.orders.requesting import LONGEST_WORDS, Asked, NotPossible, Offer
from tartib.orders.requests import REASONS, RequestKind, RequestPhoto
from tartib.portal import opening
from tartib.portal.asking import FilesField, FilesInput, calm
from tartib.web import audience
from tartib.web.files import answer

MOST_ASKED = 8
LONGEST_LIST = 50
"""Up to so many pieces are chosen from a list; more are typed."""


class Pieces(forms.IntegerField):
    """A number of pieces, typed in the digits of any language; empty is none."""

    def to_python(self, value: Any) -> int | None:
        """The number, or 0 where nothing was typed."""
        return super().to_python(digits.latin(str(value or "0")))


class RequestForm(forms.Form):
    """What is asked for: pieces by line, why, photos. `website` is for programs alone: people do not see it."""

    reason = forms.ChoiceField(label=gettext_lazy("Why? (if you like to say)"), required=False)
    words = forms.CharField(
        label=gettext_lazy("In your own words (if you like)"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    photos = FilesField(
        label=gettext_lazy("Photos, if they help"),
        required=False,
        widget=FilesInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    website = forms.CharField(
        required=False, max_length=200, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )

    def __init__(self, offer: Offer, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.offer = offer
        reason = self.fields["reason"]
        assert isinstance(reason, forms.ChoiceField)
        reason.choices = [("", _("Please choose")), *((one.value, one.label) for one in REASONS[offer.kind])]
        if offer.kind == RequestKind.CANCEL:
            del self.fields["photos"]
        # All of an order is cancelled as a rule, a part of it sent back; of one single piece there is no choice.
        single = len(offer.lines) == 1
        for line, most in offer.lines:
            start = most if offer.kind == RequestKind.CANCEL or (single and most == 1) else 0
            self.fields[f"line_{line.pk}"] = _pieces(most, start)

    @property
    def rows(self) -> list[tuple[Line, int, forms.BoundField]]:
        """The lines with the pieces there are and their fields."""
        return [(line, most, self[f"line_{line.pk}"]) for line, most in self.offer.lines]

    @property
    def others(self) -> list[forms.BoundField]:
        """The other fields that people see."""
        return [self[name] for name in ("reason", "words", "photos") if name in self.fields]

    @property
    def by_program(self) -> bool:
        """Whether a program filled the form in."""
        return bool(self.data.get("website"))

    @property
    def asked(self) -> Asked:
        """What a valid form asks for."""
        given = self.cleaned_data
        pieces = {line.pk: int(given[f"line_{line.pk}"] or 0) for line, _most in self.offer.lines}
        return Asked(self.offer.kind, pieces, given["reason"], given["words"].strip(), given.get("photos", ()))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for it, or read why it cannot be asked for now."""
    case, now = opening.find(token), timezone.now()
    if case is None:
        return opening.nothing(request)
    reader = audience.enter(case.shop, opening.language(request, case), now=now, calendar=opening.calendar(case))
    offered = requesting.offers(case, now=now)
    offer = next((one for one in offered if one.possible), None)
    form = RequestForm(offer, request.POST or None, request.FILES or None) if offer else None
    if form is not None and form.by_program:
        return opening.private(redirect("portal:tracking", token))
    if form is not None and request.method == "POST" and _asked_for(case, form, now):
        return opening.private(_back(case))
    context = {
        "case": case, "shop": case.shop, "form": form, "offer": offer, "offers": offered, "reader": reader,
        "languages": opening.offered([*case.shop.languages, case.language]),
    }  # fmt: skip
    refused = bool(form and form.errors) or (form is None and request.method == "POST")
    return opening.private(render(request, "portal/request.html", context, status=422 if refused else 200), posts=True)


@never_cache
@require_POST
def withdraw(request: HttpRequest, token: str, request_id: int) -> HttpResponse:
    """Take back what was asked."""
    case, now = opening.find(token), timezone.now()
    if case is None:
        raise Http404
    audience.enter(case.shop, opening.language(request, case), now=now, calendar=opening.calendar(case))
    with suppress(requesting.Answered):
        requesting.withdraw(case, request_id, _customer(case), now=now)
    return opening.private(_back(case))


@never_cache
@require_safe
def photo(_request: HttpRequest, token: str, photo: str, width: int) -> HttpResponse:
    """A photo that was given with a request, for whoever has the order's link."""
    case = opening.find(token)
    found = RequestPhoto.objects.filter(request__case=case, upload__token=photo).select_related("upload").first()
    if case is None or found is None:
        raise Http404
    return opening.private(answer(found.upload, width))


def _asked_for(case: Case, form: RequestForm, now: datetime) -> bool:
    """Whether what was posted is valid, not too much, and was asked for; the form says what is the matter otherwise."""
    return form.is_valid() and calm(form, case, MOST_ASKED, now) and _ask(case, form, now)


def _ask(case: Case, form: RequestForm, now: datetime) -> bool:
    """Whether it was asked for; the form says why it was not."""
    try:
        requesting.ask(case, form.asked, _customer(case), now=now)
    except Unfit as unfit:
        form.add_error("photos", str(unfit))
    except NotPossible as refused:
        form.add_error(None, refused.why)
    else:
        return True
    return False


def _pieces(most: int, start: int) -> forms.Field:
    if most <= LONGEST_LIST:
        language = audience.current().language
        choices = [(count, digits.number(count, language)) for count in range(most + 1)]
        return forms.TypedChoiceField(label=_("Pieces"), choices=choices, coerce=int, initial=start)
    attrs = {"inputmode": "numeric", "autocomplete": "off", "dir": "ltr", "size": 6}
    return Pieces(
        label=_("Pieces"), required=False, min_value=0, max_value=most, initial=start,
        widget=forms.TextInput(attrs=attrs),
    )  # fmt: skip


def _customer(case: Case) -> Actor:
    return Actor(ActorKind.CUSTOMER, case.customer.name if case.customer else "", case.customer_id)


def _back(case: Case) -> HttpResponseRedirect:
    """To the order's page, in the language of the reader, which says how it stands."""
    language = audience.current().language
    asked = f"?language={language}" if language != case.language else ""
    return HttpResponseRedirect(reverse("portal:tracking", args=[case.token]) + asked)
