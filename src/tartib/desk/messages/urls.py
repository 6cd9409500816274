"""Addresses of the words of messages, below `/desk/<slug>/templates/`."""

from django.urls import include, path

from tartib.desk.messages import switches, templates

template = [
    path("", templates.edit, name="template"),
    path("preview/", templates.preview, name="template-preview"),
    path("letter/", templates.letter, name="template-letter"),
    path("reset/", templates.reset, name="template-reset"),
    path("restore/", templates.restore, name="template-restore"),
]

urlpatterns = [
    path("", templates.template_list, name="templates"),
    path("switches/", switches.switch_list, name="switches"),
    path("<str:status>/<str:channel>/<str:language>/", include(template)),
]
