"""Addresses of the desk. Each area has its own list, all in the namespace `desk`.

Names other areas may rely on: `desk:orders` (slug), `desk:order` (slug, code), `desk:order-new` (slug),
`desk:support` (slug), `desk:request` (slug, code), `desk:products`, `desk:imports`, `desk:templates`, `desk:review`,
`desk:settings`, `desk:acts` (slug each).
"""

from django.urls import URLPattern, URLResolver, include, path

from tartib.desk import palette
from tartib.desk.orders import review
from tartib.desk.sign_in import invitation, passwords, views

app_name = "desk"

areas: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("find/", palette.find, name="find"),
    path("", include("tartib.desk.orders.entry.urls")),
    path("orders/", include("tartib.desk.orders.lists.urls")),
    path("orders/", include("tartib.desk.orders.urls")),
    path("", include("tartib.desk.cases.urls")),
    path("customers/", include("tartib.desk.customers.urls")),
    path("attention/", include("tartib.desk.attention.urls")),
    path("acts/", include("tartib.desk.recent.urls")),
    path("support/", include("tartib.desk.support.urls")),
    path("imports/", include("tartib.desk.imports.urls")),
    path("", include("tartib.desk.reports.urls")),
    path("review/", review.review_list, name="review"),
    path("review/delete/", review.remove, name="review-delete"),
    path("products/", include("tartib.desk.catalog.urls")),
    path("window/", include("tartib.desk.catalog.window.urls")),
    path("templates/", include("tartib.desk.messages.urls")),
    path("", include("tartib.desk.settings.urls")),
    path("", include("tartib.desk.money.urls")),
    path("", include("tartib.desk.messages.sms.urls")),
]

urlpatterns = [
    path("", views.start, name="start"),
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/code/", views.prove, name="prove"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("forgotten/", passwords.forgotten, name="forgotten"),
    path("new-password/<str:uid>/<str:token>/", passwords.choose, name="new-password"),
    path("invitation/<str:token>/", invitation.answer, name="invitation"),
    path("desk/", views.shops, name="shops"),
    path("desk/<slug:slug>/", include(areas)),
]
