"""The categories of the window on the desk."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tartib.catalog import showing
from tartib.catalog.browse import Headings
from tartib.catalog.window import Category
from tartib.desk.access import StaffRequest, in_turn, staff
from tartib.desk.catalog.window.forms import CategoryForm
from tartib.shops.access import May
from tartib.web.toasts import toast


@staff(May.CATALOG)
@require_http_methods(["GET", "POST"])
def category_list(request: StaffRequest) -> HttpResponseBase:
    """All categories as a tree; posted, one more."""
    form = CategoryForm(request.shop, None, request.POST or None, prefix="new")
    if request.method == "POST" and form.is_valid():
        name, parent = form.cleaned_data["name"], form.cleaned_data["parent"]
        category = showing.add_category(request.shop, name, parent=parent, texts=form.texts)
        toast(request, _("%(category)s is added.") % {"category": category})
        return redirect("desk:categories", request.shop.slug)
    return _page(request, new=form)


@staff(May.CATALOG)
@in_turn
@require_POST
def change(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Rename a category, or put it under another."""
    category = _category(request, pk)
    form = CategoryForm(request.shop, category, request.POST, prefix=f"c{pk}")
    if form.is_valid():
        name, parent = form.cleaned_data["name"], form.cleaned_data["parent"]
        try:
            showing.change_category(category, name=name, parent=parent, texts=form.texts)
        except ValidationError as problem:
            form.refuse(problem)
        else:
            toast(request, _("%(category)s is saved.") % {"category": category})
            return redirect("desk:categories", request.shop.slug)
    return _page(request, changed=(pk, form))


@staff(May.CATALOG)
@require_POST
def move(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Put a category before or after its neighbour."""
    showing.move_category(_category(request, pk), up=request.POST.get("up") == "1")
    return redirect("desk:categories", request.shop.slug)


@staff(May.CATALOG)
@require_POST
def remove(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take a category out; what is under it comes under the one above."""
    category = _category(request, pk)
    showing.remove_category(category)
    toast(request, _("%(category)s is removed. What was in it is kept.") % {"category": category})
    return redirect("desk:categories", request.shop.slug)


def _category(request: StaffRequest, pk: int) -> Category:
    return get_object_or_404(Category, shop=request.shop, pk=pk)


def _page(
    request: StaffRequest, *, new: CategoryForm | None = None, changed: tuple[int, CategoryForm] | None = None
) -> HttpResponseBase:
    rows = []
    for depth, category in Headings(request.shop).tree():
        bound = changed[1] if changed is not None and changed[0] == category.pk else None
        form = bound or CategoryForm(request.shop, category, prefix=f"c{category.pk}")
        rows.append({"category": category, "depth": min(depth, 4), "form": form, "open": bound is not None})
    wrong = changed is not None or (new is not None and bool(new.errors))
    context = {"rows": rows, "new": new or CategoryForm(request.shop, None, prefix="new"), "tab": "categories"}
    return render(request, "desk/catalog/window/categories.html", context, status=422 if wrong else 200)
