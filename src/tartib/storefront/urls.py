"""Addresses of the shop window, under `/s/<slug>/`, on a shop's own domain under `/`.

Names other rooms may rely on: `storefront:home`, `storefront:browse`, `storefront:category` (category),
`storefront:listing` (listing). Make addresses with `shop_url` (template) or `request.visit.path`.
"""

from django.urls import path

from tartib.storefront import views
from tartib.web.addresses import WINDOW, shop_pages

app_name = "storefront"

urlpatterns = shop_pages(
    WINDOW,
    [
        path("", views.home, name="home"),
        path("all/", views.browse, name="browse"),
        path("c/<str:category>/", views.category, name="category"),
        path("p/<str:listing>/", views.listing, name="listing"),
        path("robots.txt", views.robots, name="robots"),
        path("sitemap.xml", views.site_map, name="site-map"),
        path("sitemap-<int:number>.xml", views.site_map_page, name="site-map-page"),
    ],
)
