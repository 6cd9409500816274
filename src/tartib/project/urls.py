"""Where each face of Tartib is found."""

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

# Order matters only for the faces that answer at the root.
_FACES = {"api": "api/v1/", "practice": "practice/", "web": "", "portal": "", "desk": ""}

urlpatterns: list[URLPattern | URLResolver] = [
    path(prefix, include(f"tartib.{face}.urls"))
    for face, prefix in _FACES.items()
    if apps.is_installed(f"tartib.{face}")
]
