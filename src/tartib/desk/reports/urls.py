"""Addresses of the reports and of the papers a shop has issued."""

from django.urls import path

from tartib.desk.reports import feedback, papers, views

urlpatterns = [
    path("reports/", views.sales, name="reports"),
    path("feedback/", feedback.feedback_report, name="feedback"),
    path("papers/", papers.document_list, name="papers"),
    path("papers.csv", papers.table, name="papers-table"),
]
