"""The branches of a shop."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from tartib.desk.access import StaffRequest, in_turn, staff
from tartib.shops.access import May
from tartib.shops.models import Branch
from tartib.shops.operations import add_branch, change_branch
from tartib.web.kept import Kept
from tartib.web.toasts import toast


class BranchForm(Kept):
    """A place."""

    name = forms.CharField(
        label=pgettext_lazy("a thing", "Name"), max_length=120, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=6,
        help_text=gettext_lazy("Stands in tracking codes. Codes that were given out stay as they are."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "size": 8}),
    )
    address = forms.CharField(
        label=gettext_lazy("Postal address"),
        max_length=250,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr"}),
    )

    def clean_code(self) -> str:
        """Codes are in capitals."""
        return str(self.cleaned_data["code"]).upper()


@staff(May.SETTINGS)
@require_GET
def branch_list(request: StaffRequest) -> HttpResponseBase:
    """All branches."""
    return _page(request)


@staff(May.SETTINGS)
@require_POST
def add(request: StaffRequest) -> HttpResponseBase:
    """Open a branch."""
    form = BranchForm(request.POST, prefix="new")
    if form.is_valid():
        try:
            branch = add_branch(request.shop, **form.cleaned_data)
        except ValidationError as problem:
            form.refuse(_about_code(problem))
        else:
            toast(request, _("%(branch)s is added.") % {"branch": branch})
            return redirect("desk:settings-branches", request.shop.slug)
    return _page(request, new=form)


@staff(May.SETTINGS)
@in_turn
@require_POST
def change(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Change a branch."""
    branch = get_object_or_404(Branch, shop=request.shop, pk=pk)
    form = BranchForm(request.POST, prefix=f"b{pk}", initial=_fields(branch))
    if form.is_valid():
        try:
            change_branch(branch, **form.cleaned_data)
        except ValidationError as problem:
            form.refuse(_about_code(problem))
        else:
            toast(request, _("%(branch)s is saved.") % {"branch": branch})
            return redirect("desk:settings-branches", request.shop.slug)
    return _page(request, changed=(pk, form))


def _page(
    request: StaffRequest, *, new: BranchForm | None = None, changed: tuple[int, BranchForm] | None = None
) -> HttpResponseBase:
    rows = []
    for branch in request.shop.branches.order_by("pk"):
        bound = changed[1] if changed is not None and changed[0] == branch.pk else None
        form = bound or BranchForm(prefix=f"b{branch.pk}", initial=_fields(branch))
        rows.append({"branch": branch, "form": form, "open": bound is not None})
    context = {"rows": rows, "new": new or BranchForm(prefix="new"), "tab": "branches"}
    return render(request, "desk/settings/settings_branches.html", context, status=422 if new or changed else 200)


def _fields(branch: Branch) -> dict[str, Any]:
    return {name: getattr(branch, name) for name in BranchForm.base_fields}


def _about_code(problem: ValidationError) -> ValidationError:
    """Two branches of one code: said at the field it is about."""
    for error in getattr(problem, "error_dict", {}).get("__all__", ()):
        if error.code == "unique_together":
            return ValidationError({"code": [_("Another branch has this code already.")]})
    return problem
