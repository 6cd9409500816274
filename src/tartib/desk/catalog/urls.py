"""Addresses of products, below `/desk/<slug>/products/`."""

from django.urls import path

from tartib.desk.catalog import products

urlpatterns = [
    path("", products.product_list, name="products"),
    path("new/", products.new, name="product-new"),
    path("<int:pk>/", products.detail, name="product"),
    path("<int:pk>/receive/", products.receive, name="product-receive"),
    path("<int:pk>/count/", products.count, name="product-count"),
    path("<int:pk>/low/", products.low, name="product-low"),
]
