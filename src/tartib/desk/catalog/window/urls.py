"""Addresses of the window's keeping, below `/desk/<slug>/window/`."""

from django.urls import path

from tartib.desk.catalog.window import dressing, headings, listings, pictures

urlpatterns = [
    path("", listings.listing_list, name="window"),
    path("new/", listings.new, name="listing-new"),
    path("products/", listings.list_products, name="listings-of-products"),
    path("listings/<int:pk>/", listings.detail, name="listing"),
    path("listings/<int:pk>/publish/", listings.publish, name="listing-publish"),
    path("listings/<int:pk>/move/", listings.move, name="listing-move"),
    path("listings/<int:pk>/delete/", listings.delete, name="listing-delete"),
    path("listings/<int:pk>/options/", listings.options, name="listing-options"),
    path("listings/<int:pk>/variants/", listings.table, name="listing-variants"),
    path("listings/<int:pk>/photos/", pictures.add, name="photos-add"),
    path("photos/<int:pk>/", pictures.describe, name="photo"),
    path("photos/<int:pk>/move/", pictures.move, name="photo-move"),
    path("photos/<int:pk>/remove/", pictures.remove, name="photo-remove"),
    path("photos/<int:pk>/restore/", pictures.restore, name="photo-restore"),
    path("categories/", headings.category_list, name="categories"),
    path("categories/<int:pk>/", headings.change, name="category"),
    path("categories/<int:pk>/move/", headings.move, name="category-move"),
    path("categories/<int:pk>/remove/", headings.remove, name="category-remove"),
    path("settings/", dressing.window_page, name="window-settings"),
    path("settings/domain/", dressing.look_for_proof, name="window-domain"),
]
