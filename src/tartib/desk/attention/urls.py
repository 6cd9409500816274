"""Addresses of what needs a person."""

from django.urls import path

from tartib.desk.attention import views

urlpatterns = [
    path("", views.work_list, name="attention"),
    path("count/", views.count, name="attention-count"),
    path("<int:pk>/", views.work_page, name="attention-record"),
    path("<int:pk>/acts/<slug:code>/", views.act, name="attention-act"),
    path("<int:pk>/settlement/", views.settle, name="attention-settle"),
    path("<int:pk>/owner/", views.owner, name="attention-owner"),
]
