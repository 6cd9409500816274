"""Addresses of imports, below `/desk/<slug>/imports/`."""

from django.urls import path

from tartib.desk.imports import views

urlpatterns = [
    path("", views.import_list, name="imports"),
    path("<uuid:pk>/", views.detail, name="import"),
    path("<uuid:pk>/platform/", views.platform, name="import-platform"),
    path("<uuid:pk>/choices/", views.choose, name="import-choices"),
    path("<uuid:pk>/start/", views.start, name="import-start"),
    path("<uuid:pk>/stop/", views.stop, name="import-stop"),
    path("<uuid:pk>/remove/", views.remove, name="import-remove"),
    path("<uuid:pk>/problems.csv", views.problems, name="import-problems"),
]
