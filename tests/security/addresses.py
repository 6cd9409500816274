"""Every address of the product, who may open it, and two shops whose things its parameters can name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from io import BytesIO
from uuid import uuid4

from django.core.files import File
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django.utils.http import urlsafe_base64_encode

from tartib.billing.operations import invoice as issue_invoice
from tartib.cases import bulk, saved
from tartib.cases.filters import Filters
from tartib.cases.hooks import AS_USUAL
from tartib.cases.operations import note
from tartib.catalog import photographs
from tartib.catalog.showing import add_category
from tartib.checkout import discounts
from tartib.customers import address_book, consents
from tartib.customers.address import Address as PostalAddress
from tartib.customers.identity import Passkey, Session
from tartib.customers.models import Purpose as About
from tartib.customers.operations import CustomerDraft
from tartib.customers.queries import digest
from tartib.customers.signing_in import open_session
from tartib.desk.sign_in import recovery
from tartib.dispatch.operations import open_work
from tartib.feedback.models import Feedback
from tartib.files.models import Purpose, Upload
from tartib.files.operations import keep_image, keep_letter
from tartib.imports.operations import keep
from tartib.journal.operations import SYSTEM
from tartib.notify.models import Message, SmsAccount, Subscription
from tartib.notify.operations import tell_also
from tartib.orders.requests import CustomerRequest, RequestPhoto
from tartib.payments.accounts import add as add_account
from tartib.payments.attempts import start
from tartib.payments.models import Difference, Notice, Payment, Refund
from tartib.payments.operations import record_payment
from tartib.risk import operations as trust
from tartib.sandbox.models import Caught
from tartib.sandbox.operations import catch_email
from tartib.shipping.operations import set_up
from tartib.shops.access import May
from tartib.shops.invitations import invite
from tartib.shops.models import Role, Shop, User
from tartib.shops.operations import change_shop, issue_key
from tartib.shops.security import TARTIB
from tartib.support.models import Attachment, Post
from tartib.support.operations import Given, Written, ask, say
from tests.factories import (
    NOW,
    make_account,
    make_listing,
    make_order,
    make_product,
    make_shop,
    make_staff,
    make_user,
    move,
    picture_file,
    with_sms,
)

CSV = b"number,name,email,total\n1,Jo,jo@example.com,5\n"
LETTER = b"From: shop@example.com\r\nSubject: Caught\r\nContent-Type: text/html\r\n\r\n<p>Caught</p>"


class Who(Enum):
    """For whom an address is, where that is not for members of staff who may do a certain act."""

    ANYBODY = "needs no sign-in and shows nothing of a shop's"
    SHOP = "everybody who comes to an open shop, and shows what the shop shows"
    LINK = "its own address is the key"
    ACCOUNT = "a customer who has their account in the shop open"
    SIGNED_IN = "whoever has signed in"
    STAFF = "all staff of the shop"
    PRACTICE = "staff of a practice shop"
    GATEWAY = "a payment gateway, believed by its signature alone"
    PROVIDER = "a provider of SMS, believed by its signature, or where it has none by the secret in the address"


@dataclass(frozen=True, slots=True)
class Address:
    """Who may open an address, with which methods, and what its parameters stand for: names of `World.things`.

    `missing`: for some who may open it there is nothing to be found, for instance without an input.
    """

    who: Who | May | str
    methods: str
    things: Mapping[str, str] = field(default_factory=dict)
    missing: bool = False


def _letter(methods: str) -> Address:
    return Address(May.TEMPLATES, methods, {"status": "status", "channel": "channel", "language": "language"})


def _order(who: Who | May, methods: str, **things: str) -> Address:
    return Address(who, methods, {"code": "code", **things})


def _request(who: Who | May, methods: str, **things: str) -> Address:
    return Address(who, methods, {"code": "request", **things})


# An address that is not here is open to nobody: the first test fails for it, and says what to do.
ADDRESSES: dict[str, Address] = {
    # the customer's
    "portal:tracking": Address(Who.LINK, "GET", {"token": "token"}),
    "portal:receipt": Address(Who.LINK, "GET", {"token": "token"}),
    "portal:pro-forma": Address(Who.LINK, "GET", {"token": "token"}),
    "portal:paper": Address(Who.LINK, "GET", {"token": "token", "paper_id": "paper"}),
    "portal:pay-choose": Address(Who.LINK, "GET POST", {"token": "token"}),
    "portal:pay": Address(Who.LINK, "GET POST", {"key": "attempt"}),
    "portal:pay-return": Address(Who.LINK, "GET", {"key": "attempt"}),
    "portal:pay-slip": Address(Who.LINK, "GET", {"key": "attempt"}, missing=True),
    "portal:notices": Address(Who.GATEWAY, "POST", {"token": "notices"}),
    "portal:sms-receipts": Address(Who.PROVIDER, "POST", {"token": "sms receipts"}),
    "portal:identity": Address(Who.LINK, "POST", {"token": "token"}),
    "portal:embed-script": Address(Who.ANYBODY, "GET"),
    "portal:embed": Address(Who.SHOP, "GET POST"),
    "portal:embed-status": Address(Who.LINK, "GET", {"slug": "slug", "token": "token"}),
    "portal:photo": Address(Who.LINK, "GET", {"token": "token", "photo": "progress", "width": "width"}),
    "portal:unsubscribe": Address(Who.LINK, "GET POST", {"token": "unsubscribe"}),
    "portal:take-back": Address(Who.LINK, "GET POST", {"token": "lost"}, missing=True),
    "portal:find": Address(Who.SHOP, "GET POST"),
    "portal:manifest": Address(Who.SHOP, "GET"),
    "portal:worker": Address(Who.SHOP, "GET"),
    "portal:offline": Address(Who.SHOP, "GET"),
    "portal:device-renew": Address(Who.SHOP, "POST"),
    "portal:icon": Address(Who.SHOP, "GET", {"kind": "icon"}),
    "portal:account-sign-in": Address(Who.SHOP, "GET POST"),
    "portal:account-code": Address(Who.SHOP, "GET POST"),
    "portal:account-password-in": Address(Who.SHOP, "GET POST"),
    "portal:account-passkey-question": Address(Who.SHOP, "POST"),
    "portal:account-passkey-in": Address(Who.SHOP, "POST"),
    "portal:account-sign-out": Address(Who.SHOP, "POST"),
    "portal:account": Address(Who.ACCOUNT, "GET"),
    "portal:account-case": Address(Who.ACCOUNT, "GET", {"code": "code"}),
    "portal:account-photo": Address(Who.ACCOUNT, "GET", {"code": "code", "token": "progress", "width": "width"}),
    "portal:account-points": Address(Who.ACCOUNT, "GET"),
    "portal:account-profile": Address(Who.ACCOUNT, "GET POST"),
    "portal:device": Address(Who.LINK, "POST", {"token": "token"}),
    "portal:account-device": Address(Who.ACCOUNT, "POST"),
    "portal:account-device-end": Address(Who.ACCOUNT, "POST", {"device_id": "device"}),
    "portal:account-consent": Address(Who.ACCOUNT, "POST"),
    "portal:account-security": Address(Who.ACCOUNT, "GET"),
    "portal:account-password": Address(Who.ACCOUNT, "POST"),
    "portal:account-password-none": Address(Who.ACCOUNT, "POST"),
    "portal:account-sessions-end": Address(Who.ACCOUNT, "POST"),
    "portal:account-session-end": Address(Who.ACCOUNT, "POST", {"session_id": "session"}),
    "portal:account-passkey-new": Address(Who.ACCOUNT, "POST"),
    "portal:account-passkey-add": Address(Who.ACCOUNT, "POST"),
    "portal:account-passkey-remove": Address(Who.ACCOUNT, "POST", {"passkey_id": "passkey"}),
    "portal:account-addresses": Address(Who.ACCOUNT, "GET POST"),
    "portal:account-address": Address(Who.ACCOUNT, "GET POST", {"address_id": "address"}),
    "portal:account-address-usual": Address(Who.ACCOUNT, "POST", {"address_id": "address"}),
    "portal:account-address-forget": Address(Who.ACCOUNT, "POST", {"address_id": "address"}),
    "portal:account-reach": Address(Who.ACCOUNT, "GET POST", {"channel": "channel"}),
    "portal:account-reach-prove": Address(Who.ACCOUNT, "POST", {"channel": "channel"}),
    "portal:account-reach-give-up": Address(Who.ACCOUNT, "POST", {"channel": "channel"}),
    "portal:account-data": Address(Who.ACCOUNT, "GET"),
    "portal:account-download": Address(Who.ACCOUNT, "POST"),
    "portal:account-erasure": Address(Who.ACCOUNT, "GET POST"),
    "portal:account-erase": Address(Who.ACCOUNT, "POST"),
    "portal:request": Address(Who.LINK, "GET POST", {"token": "token"}),
    "portal:request-withdraw": Address(Who.LINK, "POST", {"token": "token", "request_id": "asked"}),
    "portal:request-photo": Address(Who.LINK, "GET", {"token": "token", "photo": "asked photo", "width": "width"}),
    "portal:help": Address(Who.SHOP, "GET POST"),
    "portal:ask": Address(Who.LINK, "GET POST", {"token": "token"}),
    "portal:feedback": Address(Who.LINK, "GET POST", {"token": "feedback"}),
    "portal:feedback-tap": Address(Who.LINK, "GET", {"token": "feedback", "rating": "number"}),
    "portal:thread": Address(Who.LINK, "GET POST", {"token": "request token"}),
    "portal:thread-file": Address(Who.LINK, "GET", {"token": "request token", "file": "attached"}),
    "storefront:home": Address(Who.SHOP, "GET"),
    "storefront:browse": Address(Who.SHOP, "GET"),
    "storefront:category": Address(Who.SHOP, "GET", {"category": "category"}),
    "storefront:listing": Address(Who.SHOP, "GET", {"listing": "listing"}),
    "storefront:robots": Address(Who.SHOP, "GET"),
    "storefront:site-map": Address(Who.SHOP, "GET"),
    "storefront:site-map-page": Address(Who.SHOP, "GET", {"number": "number"}),
    "storefront:cart": Address(Who.SHOP, "GET"),
    "storefront:cart-add": Address(Who.SHOP, "POST", missing=True),
    "storefront:cart-again": Address(Who.SHOP, "POST", missing=True),
    "storefront:cart-pieces": Address(Who.SHOP, "POST"),
    "storefront:cart-code": Address(Who.SHOP, "POST"),
    "storefront:cart-points": Address(Who.SHOP, "POST"),
    "storefront:checkout": Address(Who.SHOP, "GET"),
    "storefront:details": Address(Who.SHOP, "GET POST"),
    "storefront:delivery": Address(Who.SHOP, "GET POST"),
    "storefront:payment": Address(Who.SHOP, "GET POST"),
    "storefront:check": Address(Who.SHOP, "GET POST"),
    "storefront:thanks": Address(Who.LINK, "GET", {"token": "token"}),
    "storefront:answer": Address(Who.LINK, "POST", {"token": "token"}, missing=True),
    "storefront:pay-again": Address(Who.LINK, "POST", {"token": "token"}),
    "web:language": Address(Who.ANYBODY, "POST"),
    "web:proof": Address(Who.ANYBODY, "GET", missing=True),
    "web:brand": Address(Who.ANYBODY, "GET", {"colour": "colour"}),
    "web:file": Address(Who.ANYBODY, "GET", {"token": "photo"}),
    "web:picture": Address(Who.ANYBODY, "GET", {"token": "photo", "width": "width"}),
    # coming in
    "desk:start": Address(Who.ANYBODY, "GET"),
    "desk:sign-in": Address(Who.ANYBODY, "GET POST"),
    "desk:sign-out": Address(Who.ANYBODY, "POST"),
    "desk:forgotten": Address(Who.ANYBODY, "GET POST"),
    "desk:new-password": Address(Who.LINK, "GET POST", {"uid": "forgetful", "token": "renewal"}),
    "desk:prove": Address(Who.ANYBODY, "GET POST"),
    "desk:invitation": Address(Who.LINK, "GET POST", {"token": "invitation"}),
    "desk:shops": Address(Who.SIGNED_IN, "GET"),
    # the desk
    "desk:home": Address(Who.STAFF, "GET POST"),
    "desk:find": Address(Who.STAFF, "GET POST"),
    "desk:orders": Address(Who.STAFF, "GET"),
    "desk:order-new": Address(May.EDIT, "GET POST"),
    "desk:order-new-sums": Address(May.EDIT, "POST"),
    "desk:order-new-products": Address(May.EDIT, "GET"),
    "desk:order-new-customers": Address(May.EDIT, "GET"),
    "desk:order": _order(Who.STAFF, "GET"),
    "desk:order-receipt": _order(Who.STAFF, "GET"),
    "desk:order-receipt-pdf": _order(Who.STAFF, "GET"),
    "desk:order-pro-forma": _order(May.PAYMENT, "POST"),
    "desk:order-invoice": _order(May.PAYMENT, "POST"),
    "desk:order-paper": _order(Who.STAFF, "GET", paper_id="paper"),
    "desk:order-paper-pdf": _order(Who.STAFF, "GET", paper_id="paper"),
    "desk:order-process": _order(May.MOVE, "POST"),
    "desk:order-sms-size": _order(May.NOTE, "GET"),
    "desk:order-note": _order(May.NOTE, "POST"),
    "desk:order-photo": _order(Who.STAFF, "GET", token="progress", width="width"),
    "desk:order-pay": _order(May.PAYMENT, "POST"),
    "desk:order-give-back": _order(May.PAYMENT, "POST"),
    "desk:order-confirm": _order(May.PAYMENT, "POST", payment_id="payment"),
    "desk:order-refund": _order(May.PAYMENT, "POST"),
    "desk:order-received": _order(May.PAYMENT, "POST"),
    "desk:order-points": _order(May.EDIT, "POST"),
    "desk:order-points-correction": _order(May.PAYMENT, "POST"),
    "desk:payments": Address(May.PAYMENT, "GET"),
    "desk:payment-confirm": Address(May.PAYMENT, "POST", {"pk": "payment"}),
    "desk:payment-decline": Address(May.PAYMENT, "POST", {"pk": "payment"}),
    "desk:payment-look": Address(May.PAYMENT, "POST", {"pk": "payment"}),
    "desk:payment-slip": Address(May.PAYMENT, "GET", {"pk": "payment"}, missing=True),
    "desk:attempt-ask": Address(May.PAYMENT, "POST", {"pk": "try"}),
    "desk:refund-again": Address(May.PAYMENT, "POST", {"pk": "refund"}),
    "desk:refund-otherwise": Address(May.PAYMENT, "POST", {"pk": "refund"}),
    "desk:unmatched-payments": Address(May.PAYMENT, "GET"),
    "desk:unmatched-payment": Address(May.PAYMENT, "GET POST", {"source": "stray source", "pk": "unmatched"}),
    "desk:reconciliation": Address(May.PAYMENT, "GET"),
    "desk:reconciliation-compare": Address(May.PAYMENT, "POST"),
    "desk:reconciliation-settle": Address(May.PAYMENT, "POST", {"pk": "difference", "act": "settling"}),
    "desk:settings-payments": Address(May.SETTINGS, "GET"),
    "desk:account-add": Address(May.SETTINGS, "GET POST", {"way": "gateway"}),
    "desk:account": Address(May.SETTINGS, "GET POST", {"pk": "account"}),
    "desk:account-try": Address(May.SETTINGS, "POST", {"pk": "account"}),
    "desk:order-message": _order(May.MOVE, "POST", message_id="message", act="message act"),
    "desk:order-request-approve": _order(May.MOVE, "POST", request_id="asked"),
    "desk:order-request-decline": _order(May.MOVE, "POST", request_id="asked"),
    "desk:order-request-arrive": _order(May.MOVE, "POST", request_id="asked"),
    "desk:order-request-photo": _order(Who.STAFF, "GET", token="asked photo", width="width"),
    "desk:order-people": _order(May.EDIT, "POST"),
    "desk:order-products": _order(May.EDIT, "GET"),
    "desk:order-lines": _order(May.EDIT, "POST"),
    "desk:order-delete": _order(May.DELETE, "POST"),
    "desk:orders-counts": Address(Who.STAFF, "GET"),
    "desk:order-clear": _order(May.MOVE, "POST"),
    "desk:order-identity": _order(May.IDENTITY, "POST"),
    "desk:order-identity-paper": _order(May.IDENTITY, "POST"),
    "desk:order-identity-decision": _order(May.IDENTITY, "POST"),
    "desk:orders-fresh": Address(Who.STAFF, "GET"),
    "desk:orders-look": Address(Who.STAFF, "POST"),
    "desk:view-save": Address(Who.STAFF, "POST"),
    "desk:view-forget": Address(Who.STAFF, "POST", {"view_id": "view"}, missing=True),
    "desk:reports": Address(Who.STAFF, "GET"),
    "desk:feedback": Address(Who.STAFF, "GET"),
    "desk:papers": Address(May.PAYMENT, "GET"),
    "desk:papers-table": Address(May.PAYMENT, "POST"),
    "desk:act-undo": Address(May.MOVE, "POST", {"act_id": "act"}),
    "desk:bulk-preview": Address(May.BULK, "POST"),
    "desk:bulk-run": Address(May.BULK, "POST"),
    "desk:bulk-assign": Address(May.BULK, "POST"),
    "desk:bulk-take": Address(May.BULK, "POST"),
    "desk:mine": Address(Who.STAFF, "GET"),
    "desk:case-take": _order(May.MOVE, "POST"),
    "desk:case-hand-over": _order(May.MOVE, "GET POST"),
    "desk:case-assign": _order(May.ASSIGN, "GET POST"),
    "desk:bulk": Address(May.BULK, "GET", {"bulk_id": "bulk"}),
    "desk:bulk-undo": Address(May.BULK, "POST", {"bulk_id": "bulk"}),
    "desk:imports": Address(May.IMPORT, "GET POST"),
    "desk:import": Address(May.IMPORT, "GET", {"pk": "import"}),
    "desk:import-platform": Address(May.IMPORT, "POST", {"pk": "import"}, missing=True),
    "desk:import-choices": Address(May.IMPORT, "POST", {"pk": "import"}),
    "desk:import-start": Address(May.IMPORT, "POST", {"pk": "import"}),
    "desk:import-stop": Address(May.IMPORT, "POST", {"pk": "import"}),
    "desk:import-remove": Address(May.IMPORT, "POST", {"pk": "import"}),
    "desk:import-problems": Address(May.IMPORT, "GET", {"pk": "import"}),
    "desk:customer": Address(May.PERSONS, "GET", {"pk": "customer"}),
    "desk:customer-download": Address(May.PERSONS, "POST", {"pk": "customer"}),
    "desk:customer-erase": Address(May.PERSONS, "POST", {"pk": "customer"}),
    "desk:attention": Address(Who.STAFF, "GET"),
    "desk:acts": Address(May.MOVE, "GET"),
    "desk:attention-count": Address(Who.STAFF, "GET"),
    "desk:attention-record": Address(Who.STAFF, "GET", {"pk": "work"}),
    "desk:attention-act": Address(May.PAYMENT, "POST", {"pk": "work", "code": "work act"}),
    "desk:attention-settle": Address(May.PAYMENT, "POST", {"pk": "work"}),
    "desk:attention-owner": Address(May.ASSIGN, "POST", {"pk": "work"}),
    "desk:support": Address(Who.STAFF, "GET"),
    "desk:support-count": Address(Who.STAFF, "GET"),
    "desk:request": _request(Who.STAFF, "GET"),
    "desk:request-write": _request(May.NOTE, "POST"),
    "desk:request-sms-size": _request(May.NOTE, "GET"),
    "desk:request-move": _request(May.MOVE, "POST"),
    "desk:request-file": _request(Who.STAFF, "GET", file="attached"),
    "desk:request-letter": _request(Who.STAFF, "GET", seq="letter"),
    "desk:request-letter-file": _request(Who.STAFF, "GET", seq="letter"),
    "desk:products": Address(May.CATALOG, "GET"),
    "desk:product-new": Address(May.CATALOG, "GET POST"),
    "desk:product": Address(May.CATALOG, "GET POST", {"pk": "product"}),
    "desk:product-receive": Address(May.CATALOG, "POST", {"pk": "product"}),
    "desk:product-count": Address(May.CATALOG, "POST", {"pk": "product"}),
    "desk:product-low": Address(May.CATALOG, "POST", {"pk": "product"}),
    "desk:window": Address(May.CATALOG, "GET"),
    "desk:listing-new": Address(May.CATALOG, "GET POST"),
    "desk:listings-of-products": Address(May.CATALOG, "POST"),
    "desk:listing": Address(May.CATALOG, "GET POST", {"pk": "listing id"}),
    "desk:listing-publish": Address(May.CATALOG, "POST", {"pk": "listing id"}),
    "desk:listing-move": Address(May.CATALOG, "POST", {"pk": "listing id"}),
    "desk:listing-delete": Address(May.CATALOG, "POST", {"pk": "listing id"}),
    "desk:listing-options": Address(May.CATALOG, "POST", {"pk": "listing id"}),
    "desk:listing-variants": Address(May.CATALOG, "POST", {"pk": "listing id"}),
    "desk:photos-add": Address(May.CATALOG, "POST", {"pk": "listing id"}),
    "desk:photo": Address(May.CATALOG, "POST", {"pk": "listing photo"}),
    "desk:photo-move": Address(May.CATALOG, "POST", {"pk": "listing photo"}),
    "desk:photo-remove": Address(May.CATALOG, "POST", {"pk": "listing photo"}),
    "desk:photo-restore": Address(May.CATALOG, "POST", {"pk": "listing photo"}),
    "desk:categories": Address(May.CATALOG, "GET POST"),
    "desk:category": Address(May.CATALOG, "POST", {"pk": "category id"}),
    "desk:category-move": Address(May.CATALOG, "POST", {"pk": "category id"}),
    "desk:category-remove": Address(May.CATALOG, "POST", {"pk": "category id"}),
    "desk:window-domain": Address(May.SETTINGS, "POST", missing=True),
    "desk:window-settings": Address(May.SETTINGS, "GET POST"),
    "desk:templates": Address(May.TEMPLATES, "GET"),
    "desk:switches": Address(May.TEMPLATES, "GET POST"),
    "desk:first-steps": Address(May.SETTINGS, "GET"),
    "desk:first-steps-count": Address(May.SETTINGS, "GET"),
    "desk:first-steps-away": Address(May.SETTINGS, "POST"),
    "desk:template": _letter("GET POST"),
    "desk:template-preview": _letter("POST"),
    "desk:template-letter": _letter("POST"),
    "desk:template-reset": _letter("POST"),
    "desk:template-restore": _letter("POST"),
    "desk:review": Address(May.DELETE, "GET"),
    "desk:review-delete": Address(May.DELETE, "POST"),
    "desk:settings": Address(May.SETTINGS, "GET POST"),
    "desk:settings-messages": Address(May.SETTINGS, "GET POST"),
    "desk:settings-test": Address(May.SETTINGS, "POST"),
    "desk:settings-sms": Address(May.SETTINGS, "GET"),
    "desk:sms-choose": Address(May.SETTINGS, "GET POST", {"way": "sms provider"}),
    "desk:sms-test": Address(May.SETTINGS, "POST"),
    "desk:sms-credit": Address(May.SETTINGS, "POST"),
    "desk:sms-forget": Address(May.SETTINGS, "POST"),
    "desk:sms": Address(May.TEMPLATES, "GET"),
    "desk:sms-table": Address(May.TEMPLATES, "POST"),
    "desk:notice-add": Address(May.SETTINGS, "POST"),
    "desk:notice-remove": Address(May.SETTINGS, "POST", {"pk": "notice"}),
    "desk:settings-staff": Address(May.SETTINGS, "GET"),
    "desk:staff-add": Address(May.SETTINGS, "POST"),
    "desk:staff-place": Address(May.SETTINGS, "POST", {"pk": "member"}),
    "desk:staff-invite-again": Address(May.SETTINGS, "POST", {"pk": "invited"}),
    "desk:staff-invite-withdraw": Address(May.SETTINGS, "POST", {"pk": "invited"}),
    "desk:security": Address(May.SECURITY, "GET"),
    "desk:staff-end": Address(May.SETTINGS, "POST", {"pk": "member"}),
    "desk:staff-back": Address(May.SETTINGS, "POST", {"pk": "member"}),
    "desk:settings-branches": Address(May.SETTINGS, "GET"),
    "desk:branch-add": Address(May.SETTINGS, "POST"),
    "desk:branch": Address(May.SETTINGS, "POST", {"pk": "branch"}),
    "desk:settings-delivery": Address(May.SETTINGS, "GET"),
    "desk:settings-method-new": Address(May.SETTINGS, "GET POST"),
    "desk:settings-method": Address(May.SETTINGS, "GET POST", {"pk": "method"}),
    "desk:settings-method-remove": Address(May.SETTINGS, "POST", {"pk": "method"}),
    "desk:settings-rules": Address(May.SETTINGS, "GET POST"),
    "desk:settings-points": Address(May.SETTINGS, "GET POST"),
    "desk:settings-codes": Address(May.SETTINGS, "GET POST"),
    "desk:settings-code": Address(May.SETTINGS, "GET POST", {"pk": "discount"}),
    "desk:settings-workflow": Address(May.SETTINGS, "GET"),
    "desk:workflow-choose": Address(May.SETTINGS, "POST", missing=True),
    "desk:settings-embedding": Address(May.SETTINGS, "GET"),
    "desk:settings-hours": Address(May.SETTINGS, "GET POST"),
    "desk:settings-caution": Address(May.SETTINGS, "GET POST"),
    "desk:settings-keys": Address(May.KEYS, "GET POST"),
    "desk:key-revoke": Address(May.KEYS, "POST", {"pk": "key"}),
    # programs: by the scope of their key
    "api-docs": Address(Who.ANYBODY, "GET"),
    "api:openapi-json": Address(Who.ANYBODY, "GET"),
    "api:api-root": Address(Who.ANYBODY, "", missing=True),
    "api:list_orders": Address("orders:read", "GET"),
    "api:read_order": Address("orders:read", "GET", {"code": "code"}),
    "api:read_timeline": Address("orders:read", "GET", {"code": "code"}),
    "api:permitted_moves": Address("orders:read", "GET", {"code": "code"}),
    "api:read_workflow": Address("orders:read", "GET"),
    "api:place_order": Address("orders:write", "POST"),
    "api:correct_order": Address("orders:write", "PATCH", {"code": "code"}),
    "api:enter_parcel": Address("orders:write", "PUT", {"code": "code"}),
    "api:move_order": Address("moves:write", "POST", {"code": "code"}),
    "api:move_orders": Address("moves:write", "POST"),
    "api:list_people": Address("orders:read", "GET"),
    "api:assign_order": Address("assignments:write", "POST", {"code": "code"}),
    "api:assign_request": Address("assignments:write", "POST", {"code": "request"}),
    "api:assign_many": Address("assignments:write", "POST"),
    "api:undo_act": Address("moves:write", "POST", {"act": "act"}),
    "api:write_note": Address("notes:write", "POST", {"code": "code"}),
    "api:list_payments": Address("payments:read", "GET", {"code": "code"}),
    "api:list_attempts": Address("payments:read", "GET", {"code": "code"}),
    "api:list_refunds": Address("payments:read", "GET", {"code": "code"}),
    "api:send_back": Address("payments:write", "POST", {"code": "code"}),
    "api:list_papers": Address("orders:read", "GET", {"code": "code"}),
    "api:list_requests": Address("support:read", "GET"),
    "api:read_request": Address("support:read", "GET", {"code": "request"}),
    "api:record_payment": Address("payments:write", "POST", {"code": "code"}),
    # practising
    "practice:caught": Address(Who.PRACTICE, "GET"),
    "practice:mail": Address(Who.PRACTICE, "GET", {"pk": "caught"}),
    "practice:reply": Address(Who.PRACTICE, "POST", {"pk": "caught"}, missing=True),
    "practice:gateway": Address(Who.LINK, "GET POST", missing=True),
    "practice:gateway-look": Address(Who.LINK, "GET POST", missing=True),
    "practice:gateway-account": Address(Who.GATEWAY, "GET", {"token": "notices"}),
    "practice:gateway-payment": Address(Who.GATEWAY, "GET", {"token": "notices", "order": "attempt"}),
    "practice:gateway-refunds": Address(Who.GATEWAY, "POST", {"token": "notices"}),
    "practice:gateway-refund": Address(Who.GATEWAY, "GET", {"token": "notices", "key": "attempt"}),
    "practice:gateway-movements": Address(Who.GATEWAY, "POST", {"token": "notices"}),
    "practice:gateway-disputes": Address(Who.GATEWAY, "POST", {"token": "notices"}),
    "practice:gateway-dispute": Address(Who.GATEWAY, "GET", {"token": "notices", "reference": "attempt"}),
}


def names() -> list[str]:
    """The names of all addresses the project answers at, in its order."""
    return list(dict.fromkeys(_names(get_resolver(), "")))


def _names(resolver: URLResolver, space: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name or pattern.pattern}"
        else:
            yield from _names(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)


def path(name: str, world: World, slug: str = "") -> str:
    """The address of that name for a thing of `world`; under `slug`, where another shop's is to be tried."""
    address = ADDRESSES[name]
    values = {parameter: world.things[thing] for parameter, thing in address.things.items()}
    of_a_person = address.who in (Who.ANYBODY, Who.SIGNED_IN) or name in ("desk:new-password", "desk:invitation")
    in_shop = name.startswith("desk:") and not of_a_person
    of_shop = name.startswith("storefront:") or name == "portal:find"
    if in_shop or of_shop or address.who in (Who.SHOP, Who.ACCOUNT):
        values["slug"] = slug or world.shop.slug
    return reverse(name, kwargs=values)


def by_key(address: Address) -> bool:
    """Whether it is for programs with a key."""
    return type(address.who) is str


class World:
    """A shop with one of everything an address can name, and with words that stand nowhere else."""

    words = ("Zebrafold", "Quillon Vexley", "vexley@example.com", "Umbrafloss")
    shown = ("Zebrafold",)
    """Of these, what the shop's own pages show to everybody."""

    def __init__(self, shop: Shop | None = None) -> None:
        if shop is None:
            shop = make_shop(languages=["en", "fa"], currency="UAH")
            change_shop(shop, name=self.words[0])
        with_sms(shop)
        assert shop.default_owner is not None
        owner = shop.default_owner
        product = make_product(shop, name="Umbrafloss")
        customer = CustomerDraft("Quillon Vexley", "vexley@example.com", "+380501112233")
        case, other = (make_order(shop, product, customer=customer) for _number in range(2))
        outcome = move([case, other], "on-hold")
        record_payment(shop, case.pk, Decimal("1.00"), shop.currency, SYSTEM, now=NOW)
        trust.ask(case, SYSTEM, now=NOW)
        trust.give(case, picture_file(), "passport.jpg", now=NOW)
        self.shop, self.case, self.owner = shop, case, owner
        self.staff = {role: make_staff(shop, role, role.title()) for role in Role.values}
        former = make_staff(shop, Role.EXPERT, "Former")
        former.memberships.update(active=False)
        self.former = former
        invited, invitation = invite(
            shop, f"invited@{shop.slug}.example", "Invited", Role.EXPERT, None, by=TARTIB, now=timezone.now()
        )
        forgetful = make_staff(shop, Role.EXPERT, "Forgetful")
        note(case, "Zebrafold", SYSTEM, shown=True, now=NOW, photos=[File(picture_file())])
        progress = Upload.objects.get(shop=shop, purpose=Purpose.PROGRESS)
        bulk_request = bulk.Request("cancelled", "", AS_USUAL)
        letter = catch_one(f"{shop.slug}@example.com")
        account = add_account(shop, "bank", {"holder": "Zebrafold", "bank": "Bank", "number": "1"}, now=NOW)
        self.account = make_account(shop, customer.email)
        self.visitor = open_session(self.account, "", "", now=timezone.now())
        another = open_session(self.account, "", "", now=timezone.now())
        device = Subscription.objects.create(
            shop=shop, session=Session.objects.get(digest=digest(another)), name="Firefox · Umbrafloss",
            digest=b"device", created_at=NOW,
        )  # fmt: skip
        category, listing = add_category(shop, "Shelf"), make_listing(shop, "Shown")
        tried = start(shop, other.pk, account, now=NOW)
        difference = Difference.objects.create(
            account=account, shop=shop, lack="here", direction="in", reference="Zebrafold", attempt=tried,
            amount=Decimal(1), currency=shop.currency, at=NOW, found_at=NOW,
        )  # fmt: skip
        asked = CustomerRequest.objects.create(
            case=case, shop=shop, kind="return", words="Quillon Vexley asks", asked_at=NOW, due_at=NOW
        )
        asked_photo = keep_image(shop, picture_file(), Purpose.ATTACHMENT, now=NOW)
        RequestPhoto.objects.create(shop=asked.shop, request=asked, upload=asked_photo)
        request = ask(shop, Written("Quillon Vexley asks", [Given(picture_file(), "p.jpg")]), now=NOW, about=case)
        came = keep_letter(shop, LETTER, now=NOW)
        say(request, Written("Quillon again", way="mail", message_id="<1@x>", letter=came, quoted="> Hello"), now=NOW)
        self.things: dict[str, object] = {
            "request": request.code,
            "work": open_work(
                shop,
                "money-stranded",
                "payment:1",
                actor=SYSTEM,
                now=NOW,
                case_id=case.pk,
                facts={"amount": "1", "currency": shop.currency, "reason": "Umbrafloss"},
            ).pk,
            "work act": "seen",
            "feedback": Feedback.objects.create(
                case=case, shop=shop, token="f" * 27 + f"{case.pk:05}", asked_at=NOW
            ).token,
            "request token": request.token,
            "letter": Post.objects.get(case=request, letter__isnull=False).seq,
            "attached": Attachment.objects.get(post__case=request).upload.token,
            "asked": asked.pk,
            "asked photo": asked_photo.token,
            "attempt": tried.key,
            "try": tried.pk,
            "notices": account.token,
            "sms receipts": SmsAccount.objects.get(shop=shop).token,
            "sms provider": "turbosms",
            "number": 1,
            "account": account.pk,
            "gateway": "cash",
            "difference": difference.pk,
            "settling": "settlement",
            "refund": Refund.objects.create(
                shop=shop,
                case=case,
                payment=Payment.objects.get(case=case),
                state="failed",
                amount=Decimal(1),
                currency=shop.currency,
                asked_at=NOW,
            ).pk,
            "stray source": "notice",
            "unmatched": Notice.objects.create(
                shop=shop,
                account=account,
                event="Zebrafold",
                state="unmatched",
                at=NOW,
                told={"about": "payment", "amount": "1", "currency": shop.currency, "reference": "Zebrafold"},
            ).pk,
            "method": set_up(shop, [], kind="pickup", names={"en": "Pick up"}, branch=shop.branches.get()).pk,
            "discount": discounts.set_up(shop, code="ZEBRA", kind="shipping", now=NOW).pk,
            "category": category.slug,
            "category id": category.pk,
            "listing": listing.slug,
            "listing id": listing.pk,
            "listing photo": photographs.add(listing, picture_file(), now=NOW).pk,
            "token": case.token,
            "slug": shop.slug,
            "code": case.code,
            "colour": "206bc4",
            "icon": "192",
            "device": device.pk,
            "photo": keep_image(shop, picture_file(), Purpose.PHOTO, now=NOW).token,
            "progress": progress.token,
            "lost": "none",
            "unsubscribe": consents.token(case.customer_id or 0, "email", About.STATUS),
            "width": 320,
            "forgetful": urlsafe_base64_encode(str(forgetful.pk).encode()),
            "renewal": recovery.tokens.make_token(forgetful),
            "invitation": invitation,
            "invited": invited.pk,
            "view": saved.save(owner, "order", "Vexing", Filters(text="Vexley"), shared=True).pk,
            "act": outcome.act_id,
            "bulk": bulk.start(owner, [case.pk], bulk_request, key=uuid4(), now=NOW).pk,
            "import": keep(owner, BytesIO(CSV), "orders.csv", "csv", now=NOW).pk,
            "product": product.pk,
            "status": "processing",
            "channel": "email",
            "language": "en",
            "session": Session.objects.get(digest=digest(another)).pk,
            "passkey": Passkey.objects.create(
                shop=shop, account=self.account, credential=b"1", public_key=b"2", name="Phone", created_at=NOW
            ).pk,
            "member": forgetful.memberships.get().pk,
            "branch": shop.branches.get().pk,
            "key": issue_key(shop, "Zebrafold key", ["orders:read"])[0].pk,
            "caught": letter,
            "paper": issue_invoice(shop, case.pk, SYSTEM, now=NOW).pk,
            "notice": tell_also(shop, "email", "boss@example.com").pk,
            "owner": owner.pk,
            "case": case.pk,
            "customer": case.customer_id,
            "address": address_book.keep(self.account, PostalAddress(name="Quillon Vexley"), now=NOW).pk,
            "payment": Payment.objects.get(case=case).pk,
            "message": Message.objects.filter(case=case, kind__in=("placed", "status"))[0].pk,
            "message act": "withdrawal",
        }

    def key(self, *scopes: str) -> str:
        """A new API key of the shop."""
        return issue_key(self.shop, "Program", scopes)[1]


def catch_one(recipient: str) -> int:
    """An e-mail in the catcher."""
    catch_email(LETTER, [recipient], now=NOW)
    return Caught.objects.order_by("-pk").values_list("pk", flat=True)[0]


def stranger() -> User:
    """Somebody who can sign in and works nowhere."""
    return make_user("Stranger")
