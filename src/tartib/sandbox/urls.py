"""Addresses of the catcher and of the practice gateway."""

from django.urls import path

from tartib.sandbox import gateway, views

app_name = "practice"

urlpatterns = [
    path("", views.caught, name="caught"),
    path("mail/<int:pk>/", views.mail, name="mail"),
    path("mail/<int:pk>/reply/", views.reply, name="reply"),
    path("gateway/pay/", gateway.payment_page, name="gateway"),
    path("gateway/look/", gateway.look, name="gateway-look"),
    path("gateway/<str:token>/account/", gateway.account, name="gateway-account"),
    path("gateway/<str:token>/payments/<str:order>/", gateway.payment, name="gateway-payment"),
    path("gateway/<str:token>/refunds/", gateway.refunds, name="gateway-refunds"),
    path("gateway/<str:token>/refunds/<str:key>/", gateway.refund, name="gateway-refund"),
    path("gateway/<str:token>/movements/", gateway.movements, name="gateway-movements"),
    path("gateway/<str:token>/disputes/", gateway.disputes, name="gateway-disputes"),
    path("gateway/<str:token>/disputes/<str:reference>/", gateway.dispute, name="gateway-dispute"),
]
