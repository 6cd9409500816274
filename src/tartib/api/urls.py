"""Addresses of the API and its documentation."""

from django.urls import path

from tartib.api.docs import reference
from tartib.api.schema import api

urlpatterns = [
    path("docs", reference, name="api-docs"),
    path("", api.urls),
]
