"""Addresses of the shop's keeping, below `/desk/<slug>/`."""

from django.urls import include, path

from tartib.desk.settings import (
    branches,
    checks,
    embedding,
    first_steps,
    hours,
    inviting,
    keys,
    points,
    security,
    selling,
    shop_settings,
    staff,
    workflow,
)

settings = [
    path("", shop_settings.shop, name="settings"),
    path("messages/", shop_settings.messages, name="settings-messages"),
    path("messages/test/", shop_settings.test_message, name="settings-test"),
    path("messages/addresses/", shop_settings.notice_add, name="notice-add"),
    path("messages/addresses/<int:pk>/removal/", shop_settings.notice_remove, name="notice-remove"),
    path("staff/", staff.staff_list, name="settings-staff"),
    path("staff/add/", staff.add, name="staff-add"),
    path("staff/<int:pk>/", staff.place, name="staff-place"),
    path("staff/invitations/<int:pk>/again/", inviting.again, name="staff-invite-again"),
    path("staff/invitations/<int:pk>/withdrawal/", inviting.withdraw, name="staff-invite-withdraw"),
    path("staff/<int:pk>/end/", staff.end, name="staff-end"),
    path("staff/<int:pk>/back/", staff.back, name="staff-back"),
    path("branches/", branches.branch_list, name="settings-branches"),
    path("branches/add/", branches.add, name="branch-add"),
    path("branches/<int:pk>/", branches.change, name="branch"),
    path("hours/", hours.hours_page, name="settings-hours"),
    path("checks/", checks.checks_page, name="settings-caution"),
    path("delivery/", selling.delivery, name="settings-delivery"),
    path("delivery/new/", selling.method, name="settings-method-new"),
    path("delivery/<int:pk>/", selling.method, name="settings-method"),
    path("delivery/<int:pk>/removal/", selling.method_remove, name="settings-method-remove"),
    path("selling/", selling.rules, name="settings-rules"),
    path("codes/", selling.codes, name="settings-codes"),
    path("codes/<int:pk>/", selling.codes, name="settings-code"),
    path("points/", points.points_page, name="settings-points"),
    path("embedding/", embedding.embedding_page, name="settings-embedding"),
    path("keys/", keys.key_list, name="settings-keys"),
    path("keys/<int:pk>/revoke/", keys.revoke, name="key-revoke"),
    path("workflow/", workflow.workflow_page, name="settings-workflow"),
    path("workflow/choose/", workflow.choose, name="workflow-choose"),
]

urlpatterns = [
    path("first-steps/", first_steps.steps_left, name="first-steps"),
    path("first-steps/count/", first_steps.count, name="first-steps-count"),
    path("first-steps/away/", first_steps.put_away, name="first-steps-away"),
    path("settings/", include(settings)),
    path("security/", security.security_log, name="security"),
]
