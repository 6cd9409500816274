"""Addresses of what is done with cases of any kind."""

from django.urls import path

from tartib.desk.cases import assigning

urlpatterns = [
    path("mine/", assigning.mine, name="mine"),
    path("cases/<str:code>/taking/", assigning.take, name="case-take"),
    path("cases/<str:code>/hand-over/", assigning.hand_over, name="case-hand-over"),
    path("cases/<str:code>/assignment/", assigning.assign, name="case-assign"),
]
