"""Addresses of the list of orders."""

from django.urls import path

from tartib.desk.orders.lists import bulk_views, views

urlpatterns = [
    path("", views.orders, name="orders"),
    path("counts/", views.counts, name="orders-counts"),
    path("fresh/", views.fresh, name="orders-fresh"),
    path("look/", views.look, name="orders-look"),
    path("views/", views.save_view, name="view-save"),
    path("views/<int:view_id>/removal/", views.forget_view, name="view-forget"),
    path("bulk/", bulk_views.preview, name="bulk-preview"),
    path("bulk/run/", bulk_views.run, name="bulk-run"),
    path("bulk/owner/", bulk_views.assign, name="bulk-assign"),
    path("bulk/taking/", bulk_views.take, name="bulk-take"),
    path("bulk/<uuid:bulk_id>/", bulk_views.progress, name="bulk"),
]
