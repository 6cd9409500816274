"""Addresses of the entry form."""

from django.urls import path

from tartib.desk.orders.entry import views

urlpatterns = [
    path("orders/new/", views.new_order, name="order-new"),
    path("orders/new/sums/", views.sums, name="order-new-sums"),
    path("orders/new/products/", views.products, name="order-new-products"),
    path("orders/new/customers/", views.customers, name="order-new-customers"),
]
