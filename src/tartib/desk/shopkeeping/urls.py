"""Addresses of the shop's keeping, below `/desk/<slug>/`."""

from django.urls import include, path

from tartib.desk.shopkeeping import (
    caution,
    embedding,
    hours,
    inviting,
    keys,
    people,
    places,
    points,
    process,
    products,
    review,
    security,
    selling,
    shop_settings,
    switching,
    wording,
)

template = [
    path("", wording.edit, name="template"),
    path("preview/", wording.preview, name="template-preview"),
    path("letter/", wording.letter, name="template-letter"),
    path("reset/", wording.reset, name="template-reset"),
    path("restore/", wording.restore, name="template-restore"),
]

settings = [
    path("", shop_settings.shop, name="settings"),
    path("messages/", shop_settings.messages, name="settings-messages"),
    path("messages/test/", shop_settings.test_message, name="settings-test"),
    path("messages/addresses/", shop_settings.notice_add, name="notice-add"),
    path("messages/addresses/<int:pk>/removal/", shop_settings.notice_remove, name="notice-remove"),
    path("staff/", people.index, name="settings-staff"),
    path("staff/add/", people.add, name="staff-add"),
    path("staff/<int:pk>/", people.place, name="staff-place"),
    path("staff/invitations/<int:pk>/again/", inviting.again, name="staff-invite-again"),
    path("staff/invitations/<int:pk>/withdrawal/", inviting.withdraw, name="staff-invite-withdraw"),
    path("staff/<int:pk>/end/", people.end, name="staff-end"),
    path("staff/<int:pk>/back/", people.back, name="staff-back"),
    path("branches/", places.index, name="settings-branches"),
    path("branches/add/", places.add, name="branch-add"),
    path("branches/<int:pk>/", places.change, name="branch"),
    path("hours/", hours.index, name="settings-hours"),
    path("checks/", caution.index, name="settings-caution"),
    path("delivery/", selling.delivery, name="settings-delivery"),
    path("delivery/new/", selling.method, name="settings-method-new"),
    path("delivery/<int:pk>/", selling.method, name="settings-method"),
    path("delivery/<int:pk>/removal/", selling.method_remove, name="settings-method-remove"),
    path("selling/", selling.rules, name="settings-rules"),
    path("codes/", selling.codes, name="settings-codes"),
    path("codes/<int:pk>/", selling.codes, name="settings-code"),
    path("points/", points.index, name="settings-points"),
    path("embedding/", embedding.index, name="settings-embedding"),
    path("keys/", keys.index, name="settings-keys"),
    path("keys/<int:pk>/revoke/", keys.revoke, name="key-revoke"),
    path("workflow/", process.index, name="settings-workflow"),
    path("workflow/choose/", process.choose, name="workflow-choose"),
]

urlpatterns = [
    path("products/", products.index, name="products"),
    path("products/new/", products.new, name="product-new"),
    path("products/<int:pk>/", products.detail, name="product"),
    path("products/<int:pk>/receive/", products.receive, name="product-receive"),
    path("products/<int:pk>/count/", products.count, name="product-count"),
    path("products/<int:pk>/low/", products.low, name="product-low"),
    path("templates/", wording.index, name="templates"),
    path("templates/switches/", switching.index, name="switches"),
    path("templates/<str:status>/<str:channel>/<str:language>/", include(template)),
    path("settings/", include(settings)),
    path("security/", security.index, name="security"),
    path("review/", review.index, name="review"),
    path("review/delete/", review.remove, name="review-delete"),
]
