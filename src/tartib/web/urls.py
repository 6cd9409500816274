"""Addresses of the page furniture."""

from django.urls import path, re_path

from tartib.web import files, views

app_name = "web"

urlpatterns = [
    path("language/", views.set_language, name="language"),
    re_path(r"^brand/(?P<colour>[0-9a-f]{6})\.css$", views.brand, name="brand"),
    path(".well-known/tartib.txt", views.proof, name="proof"),
    path("files/<str:token>", files.public, name="file"),
    path("files/<str:token>/<int:width>", files.public, name="picture"),
]
