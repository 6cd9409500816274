"""Addresses of the catcher."""

from django.urls import path

from tartib.practice import views

app_name = "practice"

urlpatterns = [
    path("", views.caught, name="caught"),
    path("mail/<int:pk>/", views.mail, name="mail"),
    path("sms/", views.sms, name="sms"),
]
