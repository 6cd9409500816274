"""Addresses of what one did lately, and of taking it back."""

from django.urls import path

from tartib.desk.recent import views

urlpatterns = [
    path("", views.page, name="acts"),
    path("<uuid:act_id>/undo/", views.undo, name="act-undo"),
    path("bulk/<uuid:bulk_id>/undo/", views.undo_bulk, name="bulk-undo"),
]
