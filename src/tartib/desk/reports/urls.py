"""Addresses of the reports and of the papers a shop has issued."""

from django.urls import path

from tartib.desk.reports import papers, views

urlpatterns = [
    path("reports/", views.sales, name="reports"),
    path("papers/", papers.index, name="papers"),
    path("papers.csv", papers.table, name="papers-table"),
]
