"""Addresses of the customer's pages."""

from django.urls import path

from tartib.portal import papers, views

app_name = "portal"

urlpatterns = [
    path("t/<str:token>/", views.tracking, name="tracking"),
    path("t/<str:token>/receipt.pdf", papers.receipt, name="receipt"),
    path("t/<str:token>/pro-forma.pdf", papers.pro_forma, name="pro-forma"),
    path("t/<str:token>/papers/<int:paper_id>.pdf", papers.paper, name="paper"),
    path("track/<slug:slug>/", views.find, name="find"),
]
