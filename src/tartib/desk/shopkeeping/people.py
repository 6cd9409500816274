"""The staff of a shop: who works there as what, who joins, who leaves and who takes over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tartib.cases.models import Case
from tartib.cases.operations import assign
from tartib.desk.access import StaffRequest, staff
from tartib.desk.shopkeeping import trial
from tartib.desk.shopkeeping.forms import Dressed, number_of
from tartib.dispatch.operations import hand_over_all
from tartib.journal.operations import Actor
from tartib.notify.models import State
from tartib.notify.words import address
from tartib.shops import access, naming
from tartib.shops.access import May
from tartib.shops.models import Branch, Membership, Role, Shop, User
from tartib.shops.operations import LastOwner, change_role, choose_password, employ, let_go
from tartib.web.toasts import toast


class PlaceForm(Dressed):
    """What somebody is in the shop, and where."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices, initial=Role.EXPERT)
    branch = forms.ModelChoiceField(
        Branch.objects.none(), label=gettext_lazy("Branch"), required=False, empty_label=gettext_lazy("All branches")
    )

    def __init__(self, shop: Shop, *given: Any, branches: list[Branch] | None = None, **options: Any) -> None:
        super().__init__(*given, **options)
        branch = self.fields["branch"]
        assert isinstance(branch, forms.ModelChoiceField)
        branch.queryset = shop.branches.order_by("pk")
        if branches is not None:
            # Many of these forms on one page share one reading of the branches.
            branch.choices = [("", branch.empty_label or ""), *((each.pk, each.name) for each in branches)]


class JoinForm(PlaceForm):
    """Somebody who is to work in the shop."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"), widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "off"})
    )
    name = forms.CharField(
        label=pgettext_lazy("a person", "Name"),
        max_length=150,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    field_order = ("email", "name", "role", "branch")


class PasswordForm(Dressed):
    """The password a new member of staff chooses."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=500,
        strip=False,
        help_text=gettext_lazy("At least ten characters. A sentence is easy to remember and hard to guess."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr", "autofocus": True}),
    )

    def __init__(self, user: User, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.user = user

    def clean_password(self) -> str:
        """A password that is not too easy."""
        password = str(self.cleaned_data["password"])
        validate_password(password, self.user)
        return password


@staff(May.SETTINGS)
@require_GET
def index(request: StaffRequest) -> HttpResponseBase:
    """Everybody who works in the shop or did."""
    return _page(request)


@staff(May.SETTINGS)
@require_POST
def add(request: StaffRequest) -> HttpResponseBase:
    """Give somebody a place. Who is new to Tartib gets a link to choose a password with."""
    form = JoinForm(request.shop, request.POST)
    if not form.is_valid():
        return _page(request, form=form)
    email = form.cleaned_data["email"].lower()
    with transaction.atomic():
        user = User.objects.filter(email=email).first()
        if user is not None and request.shop.memberships.filter(user=user, active=True).exists():
            form.add_error("email", _("%(name)s works here already.") % {"name": user})
            return _page(request, form=form)
        fresh = user is None
        if user is None:
            user = User.objects.create_user(email, name=form.cleaned_data["name"], language=request.shop.language)
        member = employ(request.shop, user, form.cleaned_data["role"], form.cleaned_data["branch"])
    toast(request, _("%(name)s works here now.") % {"name": user})
    return _invited(request, member) if fresh else redirect("desk:settings-staff", request.shop.slug)


@staff(May.SETTINGS)
@require_POST
def link(request: StaffRequest, pk: int) -> HttpResponseBase:
    """A new link for somebody who has not chosen a password yet, and who works nowhere else."""
    member = _member(request, pk)
    if not member.active or not _may_get_link(member):
        raise Http404
    return _invited(request, member)


@staff(May.SETTINGS)
@require_POST
def place(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Give a member of staff another role or branch."""
    member = _member(request, pk)
    form = PlaceForm(request.shop, request.POST, prefix=f"m{pk}")
    if not form.is_valid():
        return _page(request, open_=(member, form))
    if member == request.member and form.cleaned_data["role"] != member.role:
        form.add_error("role", _("Ask another owner to change your own role."))
        return _page(request, open_=(member, form))
    try:
        change_role(member, form.cleaned_data["role"], form.cleaned_data["branch"])
    except LastOwner:
        form.add_error("role", _("A shop keeps at least one owner. Make somebody else an owner first."))
        return _page(request, open_=(member, form))
    toast(request, _("%(name)s: %(role)s.") % {"name": member, "role": member.get_role_display()})
    return redirect("desk:settings-staff", request.shop.slug)


@staff(May.SETTINGS)
@require_POST
def end(request: StaffRequest, pk: int) -> HttpResponseBase:
    """End somebody's work here; their open orders go to another."""
    member = _member(request, pk)
    chosen = number_of(request.POST.get("successor", ""))
    successor = request.shop.memberships.filter(active=True, pk=chosen).first() if chosen else None
    if member == request.member or successor is None or successor == member:
        toast(request, _("Choose somebody else who takes over the open orders."), level="error")
        return redirect("desk:settings-staff", request.shop.slug)
    try:
        moved = hand_over(member, successor, request.actor, now=timezone.now())
    except LastOwner:
        toast(request, _("A shop keeps at least one owner. Make somebody else an owner first."), level="error")
        return redirect("desk:settings-staff", request.shop.slug)
    said = ngettext(
        "%(name)s does not work here any more. %(n)d order is now with %(successor)s.",
        "%(name)s does not work here any more. %(n)d orders are now with %(successor)s.",
        moved,
    ) % {"name": member, "n": moved, "successor": successor}
    toast(request, said, undo=reverse("desk:staff-back", args=[request.shop.slug, pk]))
    return redirect("desk:settings-staff", request.shop.slug)


@staff(May.SETTINGS)
@require_POST
def back(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take somebody back who worked here; orders that were handed over stay where they are."""
    member = _member(request, pk)
    employ(request.shop, member.user, member.role, member.branch)
    toast(request, _("%(name)s works here again.") % {"name": member})
    return redirect("desk:settings-staff", request.shop.slug)


@never_cache
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, slug: str, uid: str, token: str) -> HttpResponseBase:
    """Choose a password with the link from an invitation, and come in."""
    user = _invited_user(uid)
    good = user is not None and default_token_generator.check_token(user, token)
    if user is None or not good or access.membership(user, slug) is None:
        return render(request, "desk/shopkeeping/welcome.html", {"gone": True}, status=404)
    form = PasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        choose_password(user, form.cleaned_data["password"])
        login(request, user)
        return redirect("desk:home", slug)
    shop = Shop.objects.get(slug=slug)
    context = {"form": form, "person": user, "shop": shop}
    return render(request, "desk/shopkeeping/welcome.html", context, status=422 if form.errors else 200)


@transaction.atomic
def hand_over(member: Membership, successor: Membership, actor: Actor, *, now: datetime) -> int:
    """End somebody's work and give every open order of theirs to `successor`; returns how many those were."""
    let_go(member, successor)
    theirs = Case.objects.filter(shop_id=member.shop_id, owner=member, closed_at__isnull=True)
    moved = assign(theirs.values_list("pk", flat=True), successor, actor, now=now)
    hand_over_all(member, successor, actor, now=now)
    return moved


def _member(request: StaffRequest, pk: int) -> Membership:
    return get_object_or_404(Membership.objects.select_related("user", "branch", "shop"), shop=request.shop, pk=pk)


def _may_get_link(member: Membership) -> bool:
    """Only who belongs to this shop alone and has no password yet: a link to anybody else's account would be theft."""
    elsewhere = Membership.objects.filter(user=member.user).exclude(pk=member.pk)
    return not member.user.has_usable_password() and not elsewhere.exists()


def _invited(request: StaffRequest, member: Membership) -> HttpResponse:
    """Send the invitation and show its link, once: it may be passed on by any other way as well."""
    uid = urlsafe_base64_encode(str(member.user_id).encode())
    token = default_token_generator.make_token(member.user)
    path = reverse("desk:welcome", args=[request.shop.slug, uid, token])
    url = f"{address()}{path}"
    answer = trial.invite(member, url)
    context = {
        "member": member,
        "link": url,
        "sent": answer.state == State.SENT,
        "why": trial.explain(answer),
        "tab": "staff",
    }
    page = render(request, "desk/shopkeeping/settings_invited.html", context)
    page.headers["Cache-Control"] = "no-store"
    return page


def _invited_user(uid: str) -> User | None:
    try:
        pk = int(urlsafe_base64_decode(uid))
    except ValueError:
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return None if user is None or user.has_usable_password() else user


def _page(
    request: StaffRequest, *, form: JoinForm | None = None, open_: tuple[Membership, PlaceForm] | None = None
) -> HttpResponse:
    """The staff page; `form` or the form of one member came back with errors."""
    members = sorted(
        request.shop.memberships.select_related("user", "branch").annotate(
            open_orders=Count("cases", filter=Q(cases__closed_at__isnull=True))
        ),
        key=lambda member: (not member.active, naming.key(request.shop, member.user.name), member.pk),
    )
    elsewhere = set(
        Membership.objects.filter(user__in=[member.user_id for member in members])
        .exclude(shop=request.shop)
        .values_list("user_id", flat=True)
    )
    branches = list(request.shop.branches.order_by("pk"))
    rows = []
    for member in members:
        bound = open_[1] if open_ is not None and open_[0] == member else None
        shown = bound or PlaceForm(
            request.shop,
            prefix=f"m{member.pk}",
            branches=branches,
            initial={"role": member.role, "branch": member.branch_id},
        )
        waits = not member.user.has_usable_password() and member.user_id not in elsewhere
        rows.append({"member": member, "form": shown, "open": bound is not None, "waits": waits})
    context = {
        "rows": rows,
        "active": [member for member in members if member.active],
        "form": form or JoinForm(request.shop),
        "several": len(branches) > 1,
        "tab": "staff",
    }
    wrong = bool(form or open_)
    return render(request, "desk/shopkeeping/settings_staff.html", context, status=422 if wrong else 200)
