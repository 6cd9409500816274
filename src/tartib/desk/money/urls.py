"""Addresses of the shop's money, below `/desk/<slug>/`."""

from django.urls import path

from tartib.desk.money import accounts, books, payments, refunds, strays

urlpatterns = [
    path("payments/", payments.index, name="payments"),
    path("payments/<int:pk>/confirmation/", payments.confirm, name="payment-confirm"),
    path("payments/<int:pk>/refusal/", payments.decline, name="payment-decline"),
    path("payments/<int:pk>/look/", payments.look, name="payment-look"),
    path("payments/<int:pk>/slip/", payments.slip, name="payment-slip"),
    path("payments/tries/<int:pk>/question/", payments.ask, name="attempt-ask"),
    path("payments/refunds/<int:pk>/again/", refunds.again, name="refund-again"),
    path("payments/refunds/<int:pk>/otherwise/", refunds.otherwise, name="refund-otherwise"),
    path("payments/strays/", strays.index, name="strays"),
    path("payments/strays/<slug:source>/<int:pk>/", strays.assign, name="stray"),
    path("payments/books/", books.index, name="books"),
    path("payments/books/comparison/", books.compare, name="books-compare"),
    path("payments/books/<int:pk>/<str:act>/", books.settle, name="books-settle"),
    path("settings/payments/", accounts.index, name="settings-payments"),
    path("settings/payments/new/<slug:way>/", accounts.add, name="account-add"),
    path("settings/payments/<int:pk>/", accounts.change, name="account"),
    path("settings/payments/<int:pk>/trial/", accounts.try_out, name="account-try"),
]
