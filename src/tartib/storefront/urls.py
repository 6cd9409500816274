"""Addresses of the shop window, under `/s/<slug>/`, on a shop's own domain under `/`.

Names other rooms may rely on: `storefront:home`, `storefront:browse`, `storefront:category` (category),
`storefront:listing` (listing), `storefront:cart`, `storefront:cart-add` (POST product, pieces), `storefront:checkout`,
`storefront:thanks` (token of the order). Make addresses with `shop_url` (template) or `request.visit.path`.
"""

from django.urls import path

from tartib.storefront import cart, checkout, thanks, views
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
        path("cart/", cart.cart_page, name="cart"),
        path("cart/add/", cart.add, name="cart-add"),
        path("cart/again/", cart.again, name="cart-again"),
        path("cart/pieces/", cart.pieces, name="cart-pieces"),
        path("cart/code/", cart.code, name="cart-code"),
        path("cart/points/", cart.points, name="cart-points"),
        path("checkout/", checkout.begin, name="checkout"),
        path("checkout/details/", checkout.details, name="details"),
        path("checkout/delivery/", checkout.delivery, name="delivery"),
        path("checkout/payment/", checkout.payment, name="payment"),
        path("checkout/check/", checkout.check, name="check"),
        path("thanks/<str:token>/", thanks.thanks_page, name="thanks"),
        path("thanks/<str:token>/answer/", thanks.answer, name="answer"),
        path("thanks/<str:token>/pay/", thanks.pay, name="pay-again"),
    ],
)
