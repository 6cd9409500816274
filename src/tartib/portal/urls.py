"""Addresses of the customer's pages."""

from django.urls import path

from tartib.portal import views

app_name = "portal"

urlpatterns = [
    path("t/<str:token>/", views.tracking, name="tracking"),
    path("track/<slug:slug>/", views.find, name="find"),
]
