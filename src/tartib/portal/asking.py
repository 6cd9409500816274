"""Asking the shop for help, and the page of what was asked: by a case's own link or from the shop's pages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tartib.cases.models import Case
from tartib.customers import contact
from tartib.customers.identity import Account
from tartib.customers.operations import CustomerDraft
from tartib.files.operations import Unfit
from tartib.flow.workflow import Status
from tartib.l10n import phones
from tartib.portal import opening
from tartib.public.proving import Limit, Question, contacts, gate
from tartib.public.visits import ShopRequest, visited
from tartib.shops.operations import within_limit
from tartib.support import SUPPORT, operations, queries
from tartib.support.operations import LONGEST_SUBJECT, LONGEST_WORDS, MOST_FILES, Given, Written
from tartib.web import audience
from tartib.web.files import answer

WINDOW = timedelta(hours=1)
MOST_ASKED, MOST_WRITTEN = 8, 30
"""How often an hour a case's link may be used to ask for something, and to write on in a thread."""
ASKED = Limit("help", visitor=8, contact=8)
"""How many strangers' requests are taken in an hour."""
SEEN_AT_ONCE = 2_000
"""Pixels: as wide as an attached picture is shown."""


class FilesInput(forms.ClearableFileInput):
    """Files of the reader's, several of them."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A few files, or none."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:  # noqa: ARG002 (as the field is called)
        """The files, each checked as one is."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("Give at most five files."))
        return [super(FilesField, self).clean(one) for one in given]


class Write(forms.Form):
    """What is written, with pictures and papers. `website` is for programs alone: people do not see it."""

    words = forms.CharField(
        label=gettext_lazy("Your message"),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )
    attachments = FilesField(
        label=gettext_lazy("Photos or documents, if they help"),
        required=False,
    )
    website = forms.CharField(
        required=False, max_length=200, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )

    @property
    def shown(self) -> list[forms.BoundField]:
        """The fields that people see."""
        return [field for field in self if field.name != "website"]

    @property
    def by_program(self) -> bool:
        """Whether a program filled the form in."""
        return bool(self.data.get("website"))

    @property
    def written(self) -> Written:
        """What was written, as it goes into the request."""
        files = [Given(file, file.name or "") for file in self.cleaned_data["attachments"]]
        return Written(self.cleaned_data["words"].strip(), files)


class Ask(Write):
    """A question of somebody who has no case open: who asks, and how they are answered."""

    subject = forms.CharField(
        label=gettext_lazy("What is it about?"),
        max_length=LONGEST_SUBJECT,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail for our answer"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone, if we may call"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel", "dir": "ltr"}),
    )
    field_order = ("subject", "words", "attachments", "name", "email", "phone", "website")

    def clean_email(self) -> str:
        """The address in its one form."""
        return contact.email(str(self.cleaned_data["email"]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def about(request: HttpRequest, token: str) -> HttpResponse:
    """Ask about an order, for whoever has its link. One who follows the link of a request goes on with that."""
    case, now = opening.find(token, kind=""), timezone.now()
    if case is None:
        return opening.nothing(request)
    if case.kind == SUPPORT:
        return redirect("portal:thread", token)
    _enter(request, case, now)
    form = Write(request.POST or None, request.FILES or None)
    if form.by_program:
        return opening.private(redirect("portal:tracking", token))
    if request.method == "POST" and form.is_valid() and calm(form, case, MOST_ASKED, now):
        try:
            asked = operations.ask(case.shop, form.written, now=now, about=case, language=audience.current().language)
        except Unfit as unfit:
            form.add_error("attachments", str(unfit))
        else:
            return opening.private(redirect(_thread_url(asked)), posts=True)
    context = {
        "case": case, "shop": case.shop, "form": form, "asked": queries.about(case), "languages": _languages(case),
    }  # fmt: skip
    page = render(request, "portal/help.html", context, status=422 if form.errors else 200)
    return opening.private(page, posts=True)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@visited
def ask(request: ShopRequest) -> HttpResponseBase:
    """Ask the shop anything. The answer is the same whether the shop knows the person or not."""
    shop, language, now = request.shop, request.visit.language, audience.current().now
    form = Ask(request.POST or None, request.FILES or None, initial=_known(request.visit.account))
    question: Question | None = None
    if form.by_program:
        return redirect(request.visit.path("portal:help"))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        email = given["email"]
        passed = gate(request, shop, ASKED, contacts(shop, email, ""), language=language, now=now)
        question = passed.question
        if question is None:
            phone = phones.read_phone(given["phone"], shop.country)
            person = CustomerDraft(given["name"].strip(), email, phone.number, language, phone_said=phone.said)
            try:
                asked = operations.ask(
                    shop, form.written, now=now, subject=given["subject"], customer=person, language=language
                )
            except Unfit as unfit:
                passed.failed()
                form.add_error("attachments", str(unfit))
            else:
                return opening.private(redirect(_thread_url(asked)), posts=True)
    context = {"shop": shop, "form": form, "question": question, "files_again": bool(question and request.FILES)}
    status = question.status if question else 422 if form.errors else 200
    return render(request, "portal/help_of_shop.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: HttpRequest, token: str) -> HttpResponse:
    """What was asked and answered, for whoever has the request's link, and the place to write on."""
    case, now = opening.find(token, SUPPORT), timezone.now()
    if case is None:
        return opening.nothing(request)
    reader = _enter(request, case, now)
    form = Write(request.POST or None, request.FILES or None)
    if form.by_program:
        return opening.private(redirect("portal:thread", token))
    if request.method == "POST" and form.is_valid() and calm(form, case, MOST_WRITTEN, now):
        try:
            operations.say(case, form.written, now=now)
        except Unfit as unfit:
            form.add_error("attachments", str(unfit))
        else:
            return opening.private(redirect(_thread_url(case)), posts=True)
    asked = queries.request_of(case)
    context = {
        "case": case,
        "shop": case.shop,
        "about": asked.about,
        "words": queries.thread(case, shown_only=True),
        "said": shown_status(case).customer.say(reader.language),
        "status": shown_status(case),
        "form": form,
        "languages": _languages(case),
    }
    page = render(request, "portal/thread.html", context, status=422 if form.errors else 200)
    return opening.private(page, posts=True)


@never_cache
@require_safe
def attachment(_request: HttpRequest, token: str, file: str) -> HttpResponse:
    """A file of the request, for whoever has its link; what staff attached to their own notes is not among them."""
    case = opening.find(token, SUPPORT)
    upload = queries.attachment(case, file, shown_only=True) if case is not None else None
    if upload is None:
        raise Http404
    return opening.private(answer(upload, SEEN_AT_ONCE))


def _known(account: Account | None) -> dict[str, str]:
    """What need not be typed by whoever has their account open."""
    return {"name": account.customer.name, "email": account.email, "phone": account.phone} if account else {}


def _enter(request: HttpRequest, case: Case, now: datetime) -> audience.Reading:
    return audience.enter(case.shop, opening.language(request, case), now=now, calendar=opening.calendar(case))


def calm(form: forms.Form, case: Case, most: int, now: datetime) -> bool:
    """Whether it is not too much that is written by the link of a case; the form says so otherwise.

    The link is the proof: from where it is opened is not counted.
    """
    calm = within_limit("support", [case.token], most=most, window=WINDOW, now=now)
    if not calm:
        form.add_error(None, _("Too many messages in a short time. Please wait an hour, or call the shop."))
    return calm


def shown_status(case: Case) -> Status:
    """Where the request stands, as far as its customer is told of it."""
    return case.current_status if case.current_status.shown else case.flow.status(case.flow.start)


def _thread_url(case: Case) -> str:
    language = audience.current().language
    asked = f"?language={language}" if language != case.language else ""
    return f"{reverse('portal:thread', args=[case.token])}{asked}#newest"


def _languages(case: Case) -> list[str]:
    return opening.offered([*case.shop.languages, case.language])
