"""Addresses of the SMS service and the report, below `/desk/<slug>/`."""

from django.urls import path

from tartib.desk.messages.sms import report, service

urlpatterns = [
    path("settings/sms/", service.sms_service, name="settings-sms"),
    path("settings/sms/test/", service.test, name="sms-test"),
    path("settings/sms/credit/", service.credit, name="sms-credit"),
    path("settings/sms/removal/", service.forget, name="sms-forget"),
    path("settings/sms/by/<slug:way>/", service.choose, name="sms-choose"),
    path("sms/", report.sms_report, name="sms"),
    path("sms.csv", report.table, name="sms-table"),
]
