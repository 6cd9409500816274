"""The staff of a shop: who works there as what, who is invited, who leaves and who takes over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from tartib.desk.access import StaffRequest, in_turn, staff
from tartib.desk.settings import inviting
from tartib.dispatch.leaving import leave
from tartib.dispatch.operations import NotHere
from tartib.shops import invitations, naming
from tartib.shops.access import May
from tartib.shops.models import Branch, Membership, Role, Shop
from tartib.shops.operations import LastOwner, NotTheirs, change_role, take_back
from tartib.web.forms import Dressed, number_of
from tartib.web.kept import Kept
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


class MemberForm(Kept, PlaceForm):
    """What a member of staff is in the shop, and where."""


class JoinForm(PlaceForm):
    """Somebody who is invited to work in the shop."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"), widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "off"})
    )
    name = forms.CharField(
        label=pgettext_lazy("a person", "Name"),
        max_length=150,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    field_order = ("email", "name", "role", "branch")


@staff(May.SETTINGS)
@require_GET
def staff_list(request: StaffRequest) -> HttpResponseBase:
    """Everybody who works in the shop or did."""
    return _page(request)


@staff(May.SETTINGS)
@require_POST
def add(request: StaffRequest) -> HttpResponseBase:
    """Invite somebody. Their place begins when they accept; whether they have an account already is not told."""
    form = JoinForm(request.shop, request.POST)
    if not form.is_valid():
        return _page(request, form=form)
    given = form.cleaned_data
    if not inviting.may_write(request, given["email"].lower()):
        return _page(request, form=form)
    try:
        invitation, token = invitations.invite(
            request.shop, given["email"], given["name"], given["role"], given["branch"],
            by=request.origin, now=timezone.now(),
        )  # fmt: skip
    except invitations.WorksHere as here:
        form.add_error("email", _("%(name)s works here already.") % {"name": here.member})
        return _page(request, form=form)
    except invitations.SomebodysAddress:
        form.add_error(
            "email", _("In a practice shop only invented addresses can be invited, such as anna@example.com.")
        )
        return _page(request, form=form)
    inviting.send(request, invitation, token)
    return redirect("desk:settings-staff", request.shop.slug)


@staff(May.SETTINGS)
@in_turn
@require_POST
def place(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Give a member of staff another role or branch."""
    member = _member(request, pk)
    form = MemberForm(request.shop, request.POST, prefix=f"m{pk}", initial=_place_of(member))
    if not form.is_valid():
        return _page(request, open_=(member, form))
    if member == request.member and form.cleaned_data["role"] != member.role:
        form.add_error("role", _("Ask another owner to change your own role."))
        return _page(request, open_=(member, form))
    try:
        change_role(member, form.cleaned_data["role"], form.cleaned_data["branch"], by=request.origin)
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
    try:
        if member == request.member or successor is None:
            raise NotTheirs
        moved = leave(member, successor, request.actor, by=request.origin, now=timezone.now())
    except LastOwner:
        toast(request, _("A shop keeps at least one owner. Make somebody else an owner first."), level="error")
        return redirect("desk:settings-staff", request.shop.slug)
    except (NotTheirs, NotHere):
        toast(request, _("Choose somebody else who takes over the open orders."), level="error")
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
    """Undo that somebody's work here was ended; orders that were handed over stay where they are."""
    member = _member(request, pk)
    if take_back(member, by=request.origin, now=timezone.now()):
        toast(request, _("%(name)s works here again.") % {"name": member})
    else:
        toast(request, _("It is too late to undo this. Invite %(name)s again.") % {"name": member}, level="error")
    return redirect("desk:settings-staff", request.shop.slug)


def _place_of(member: Membership) -> dict[str, Any]:
    return {"role": member.role, "branch": member.branch_id}


def _member(request: StaffRequest, pk: int) -> Membership:
    return get_object_or_404(Membership.objects.select_related("user", "branch", "shop"), shop=request.shop, pk=pk)


def _page(
    request: StaffRequest, *, form: JoinForm | None = None, open_: tuple[Membership, MemberForm] | None = None
) -> HttpResponse:
    """The staff page; `form` or the form of one member came back with errors."""
    members = sorted(
        request.shop.memberships.select_related("user", "branch").annotate(
            open_orders=Count("cases", filter=Q(cases__closed_at__isnull=True))
        ),
        key=lambda member: (not member.active, naming.key(request.shop, member.user.name), member.pk),
    )
    branches = list(request.shop.branches.order_by("pk"))
    rows = []
    for member in members:
        bound = open_[1] if open_ is not None and open_[0] == member else None
        shown = bound or MemberForm(
            request.shop, prefix=f"m{member.pk}", branches=branches, initial=_place_of(member)
        )  # fmt: skip
        rows.append({"member": member, "form": shown, "open": bound is not None})
    now = timezone.now()
    context = {
        "rows": rows,
        "invitations": invitations.shown(request.shop, now=now).select_related("branch"),
        "now": now,
        "active": [member for member in members if member.active],
        "form": form or JoinForm(request.shop),
        "several": len(branches) > 1,
        "tab": "staff",
    }
    wrong = bool(form or open_)
    return render(request, "desk/settings/settings_staff.html", context, status=422 if wrong else 200)
