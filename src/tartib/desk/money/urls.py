"""Addresses of the shop's money, below `/desk/<slug>/`."""

from django.urls import path

from tartib.desk.money import accounts, payments, reconciliation, refunds, unmatched

urlpatterns = [
    path("payments/", payments.payment_list, name="payments"),
    path("payments/<int:pk>/confirmation/", payments.confirm, name="payment-confirm"),
    path("payments/<int:pk>/refusal/", payments.decline, name="payment-decline"),
    path("payments/<int:pk>/look/", payments.look, name="payment-look"),
    path("payments/<int:pk>/slip/", payments.slip, name="payment-slip"),
    path("payments/tries/<int:pk>/question/", payments.ask, name="attempt-ask"),
    path("payments/refunds/<int:pk>/again/", refunds.again, name="refund-again"),
    path("payments/refunds/<int:pk>/otherwise/", refunds.otherwise, name="refund-otherwise"),
    path("payments/unmatched/", unmatched.unmatched_list, name="unmatched-payments"),
    path("payments/unmatched/<slug:source>/<int:pk>/", unmatched.assign, name="unmatched-payment"),
    path("payments/reconciliation/", reconciliation.reconciliation, name="reconciliation"),
    path("payments/reconciliation/comparison/", reconciliation.compare, name="reconciliation-compare"),
    path("payments/reconciliation/<int:pk>/<str:act>/", reconciliation.settle, name="reconciliation-settle"),
    path("settings/payments/", accounts.account_list, name="settings-payments"),
    path("settings/payments/new/<slug:way>/", accounts.add, name="account-add"),
    path("settings/payments/<int:pk>/", accounts.change, name="account"),
    path("settings/payments/<int:pk>/trial/", accounts.try_out, name="account-try"),
]
