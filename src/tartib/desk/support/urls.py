"""Addresses of support requests."""

from django.urls import path

from tartib.desk.support import acts, views

urlpatterns = [
    path("", views.request_list, name="support"),
    path("count/", views.count, name="support-count"),
    path("<str:code>/", views.request_page, name="request"),
    path("<str:code>/words/", acts.write, name="request-write"),
    path("<str:code>/sms-size/", acts.sms_size, name="request-sms-size"),
    path("<str:code>/moves/", acts.move, name="request-move"),
    path("<str:code>/letters/<int:seq>/", views.letter, name="request-letter"),
    path("<str:code>/letters/<int:seq>/letter.eml", views.letter_file, name="request-letter-file"),
    path("<str:code>/files/<str:file>", views.attachment, name="request-file"),
]
