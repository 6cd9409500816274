"""Addresses of the customer's pages: an order by its own link, and the account in a shop under `/a/<slug>/`.

Names other rooms may rely on: `portal:account` (all cases), `portal:account-case` (code), `portal:account-sign-in`.
"""

from django.urls import path

from tartib.portal import (
    app,
    asking,
    device,
    embed,
    identity,
    notices,
    papers,
    paying,
    rating,
    requesting,
    undoing,
    unsubscribing,
    views,
)
from tartib.portal.account import addresses, data, entrance, home, points, profile, reaches, security
from tartib.web.addresses import WINDOW, shop_pages

app_name = "portal"

urlpatterns = [
    path("t/<str:token>/", views.tracking, name="tracking"),
    path("t/<str:token>/receipt.pdf", papers.receipt, name="receipt"),
    path("t/<str:token>/pro-forma.pdf", papers.pro_forma, name="pro-forma"),
    path("t/<str:token>/papers/<int:paper_id>.pdf", papers.paper, name="paper"),
    path("t/<str:token>/pay/", paying.choose, name="pay-choose"),
    path("pay/<str:key>/", paying.pay, name="pay"),
    path("pay/<str:key>/return", paying.back, name="pay-return"),
    path("pay/<str:key>/slip", paying.slip, name="pay-slip"),
    path("notices/<str:token>/", notices.notice, name="notices"),
    path("t/<str:token>/identity/", identity.give, name="identity"),
    path("embed.js", embed.script, name="embed-script"),
    path("embed/<slug:slug>/", embed.box, name="embed"),
    path("embed/<slug:slug>/<str:token>/", embed.status, name="embed-status"),
    path("t/<str:token>/photos/<str:photo>/<int:width>", papers.photo, name="photo"),
    path("u/<str:token>/", unsubscribing.unsubscribe, name="unsubscribe"),
    path("not-me/<str:token>/", undoing.take_back, name="take-back"),
    path("t/<str:token>/help/", asking.about, name="ask"),
    path("t/<str:token>/thread/", asking.thread, name="thread"),
    path("t/<str:token>/thread/<str:file>", asking.attachment, name="thread-file"),
    path("t/<str:token>/request/", requesting.page, name="request"),
    path("t/<str:token>/request/<int:request_id>/withdrawal/", requesting.withdraw, name="request-withdraw"),
    path("t/<str:token>/request/photos/<str:photo>/<int:width>", requesting.photo, name="request-photo"),
    path("t/<str:token>/device/", device.of_case, name="device"),
    path("f/<str:token>/", rating.page, name="feedback"),
    path("f/<str:token>/<int:rating>/", rating.tap, name="feedback-tap"),
    *shop_pages("help", [path("", asking.ask, name="help")]),
    *shop_pages("track", [path("", views.find, name="find")]),
    *shop_pages(
        WINDOW,
        [
            path("app.webmanifest", app.manifest, name="manifest"),
            path("worker.js", app.worker, name="worker"),
            path("offline/", app.offline, name="offline"),
            path("device/", device.renew, name="device-renew"),
            path("icon-<str:kind>.png", app.icon, name="icon"),
        ],
    ),
    *shop_pages(
        "a",
        [
            path("", home.cases, name="account"),
            path("orders/<str:code>/", home.case, name="account-case"),
            path("orders/<str:code>/photos/<str:token>/<int:width>", home.photo, name="account-photo"),
            path("points/", points.points, name="account-points"),
            path("profile/", profile.profile, name="account-profile"),
            path("device/", device.of_account, name="account-device"),
            path("device/<int:device_id>/end/", device.end, name="account-device-end"),
            path("profile/consent/", profile.consent, name="account-consent"),
            path("addresses/", addresses.addresses, name="account-addresses"),
            path("addresses/<int:address_id>/", addresses.address, name="account-address"),
            path("addresses/<int:address_id>/usual/", addresses.usual, name="account-address-usual"),
            path("addresses/<int:address_id>/remove/", addresses.forget, name="account-address-forget"),
            path("data/", data.page, name="account-data"),
            path("data/download/", data.download, name="account-download"),
            path("data/erasure/", data.erasure, name="account-erasure"),
            path("data/erasure/code/", data.erase, name="account-erase"),
            path("profile/<str:channel>/", reaches.reach, name="account-reach"),
            path("profile/<str:channel>/code/", reaches.prove, name="account-reach-prove"),
            path("profile/<str:channel>/remove/", reaches.give_up, name="account-reach-give-up"),
            path("in/", entrance.sign_in, name="account-sign-in"),
            path("in/code/", entrance.code, name="account-code"),
            path("in/password/", entrance.password, name="account-password-in"),
            path("in/passkey/question/", entrance.passkey_question, name="account-passkey-question"),
            path("in/passkey/", entrance.passkey, name="account-passkey-in"),
            path("out/", entrance.sign_out, name="account-sign-out"),
            path("security/", security.security, name="account-security"),
            path("security/password/", security.change_password, name="account-password"),
            path("security/password/none/", security.forget_password, name="account-password-none"),
            path("security/sessions/end/", security.end_sessions, name="account-sessions-end"),
            path("security/sessions/<int:session_id>/end/", security.end_session, name="account-session-end"),
            path("security/passkeys/question/", security.passkey_question, name="account-passkey-new"),
            path("security/passkeys/", security.add_passkey, name="account-passkey-add"),
            path("security/passkeys/<int:passkey_id>/remove/", security.remove_passkey, name="account-passkey-remove"),
        ],
    ),
]
