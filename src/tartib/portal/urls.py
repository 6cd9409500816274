"""Addresses of the customer's pages."""

from django.urls import path

from tartib.portal import embed, identity, notices, papers, paying, views

app_name = "portal"

urlpatterns = [
    path("t/<str:token>/", views.tracking, name="tracking"),
    path("t/<str:token>/receipt.pdf", papers.receipt, name="receipt"),
    path("t/<str:token>/pro-forma.pdf", papers.pro_forma, name="pro-forma"),
    path("t/<str:token>/papers/<int:paper_id>.pdf", papers.paper, name="paper"),
    path("t/<str:token>/pay/", paying.choose, name="pay-choose"),
    path("pay/<str:key>/", paying.pay, name="pay"),
    path("pay/<str:key>/return", paying.back, name="pay-return"),
    path("pay/<str:key>/slip", paying.slip, name="pay-slip"),
    path("notices/<str:token>/", notices.notice, name="notices"),
    path("t/<str:token>/identity/", identity.give, name="identity"),
    path("embed.js", embed.script, name="embed-script"),
    path("embed/<slug:slug>/", embed.box, name="embed"),
    path("embed/<slug:slug>/<str:token>/", embed.status, name="embed-status"),
    path("track/<slug:slug>/", views.find, name="find"),
]
