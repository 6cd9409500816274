"""Where each face of Tartib is found."""

from django.urls import include, path

handler403 = "tartib.project.refusals.forbidden"
handler404 = "tartib.project.refusals.missing"
handler500 = "tartib.web.away.failed"

urlpatterns = [
    path("api/v1/", include("tartib.api.urls")),
    path("practice/", include("tartib.sandbox.urls")),
    # These answer at the root, the first that knows the address.
    path("", include("tartib.web.urls")),
    path("", include("tartib.portal.urls")),
    path("", include("tartib.storefront.urls")),
    path("", include("tartib.desk.urls")),
]
