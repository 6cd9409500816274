"""Addresses of a customer's page."""

from django.urls import path

from tartib.desk.customers import views

urlpatterns = [
    path("<int:pk>/", views.customer_page, name="customer"),
    path("<int:pk>/download/", views.download, name="customer-download"),
    path("<int:pk>/erasure/", views.erase, name="customer-erase"),
]
