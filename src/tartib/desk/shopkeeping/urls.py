"""Addresses of the shop's keeping, below `/desk/<slug>/`."""

from django.urls import path

from tartib.desk.shopkeeping import products

urlpatterns = [
    path("products/", products.index, name="products"),
    path("products/new/", products.new, name="product-new"),
    path("products/<int:pk>/", products.detail, name="product"),
    path("products/<int:pk>/receive/", products.receive, name="product-receive"),
    path("products/<int:pk>/count/", products.count, name="product-count"),
    path("products/<int:pk>/low/", products.low, name="product-low"),
]
