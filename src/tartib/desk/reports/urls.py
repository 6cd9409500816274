"""Addresses of the reports and of the papers a shop has issued."""

from django.urls import path

from tartib.desk.reports import feedback, papers, views

urlpatterns = [
    path("reports/", views.sales, name="reports"),
    path("feedback/", feedback.index, name="feedback"),
    path("papers/", papers.index, name="papers"),
    path("papers.csv", papers.table, name="papers-table"),
]
