"""Addresses of the reports."""

from django.urls import path

from tartib.desk.reports import views

urlpatterns = [path("reports/", views.sales, name="reports")]
