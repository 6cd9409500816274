"""What follows a move, an edit, a payment, a rename, an erasing: the one list, in the order in which it happens.

Rooms below call what rooms above have for them without knowing these: the hooks of `cases`, `payments` and `customers`
say what they ask for, and this is what they are given. What stands earlier happens, and locks, earlier.
"""

from __future__ import annotations

from django.core.signals import request_started

from tartib.api import personal_data as api_data
from tartib.billing import hooks as billing_hooks
from tartib.billing import operations as billing
from tartib.billing import personal_data as billing_data
from tartib.billing import timeline as billing_timeline
from tartib.cases import hooks as cases
from tartib.cases import kinds
from tartib.cases import personal_data as case_data
from tartib.cases import timeline as case_timeline
from tartib.cases import witness as case_witness
from tartib.cases.hooks import TemplateVariables
from tartib.catalog import witness as stock_witness
from tartib.checkout import hooks as checkout
from tartib.checkout import personal_data as checkout_data
from tartib.customers import hooks as customers
from tartib.customers import personal_data as customer_data
from tartib.dispatch import jobs as dispatch_jobs
from tartib.dispatch import kinds as work
from tartib.dispatch import money
from tartib.dispatch import personal_data as dispatch_data
from tartib.dispatch import timeline as dispatch_timeline
from tartib.feedback import hooks as feedback
from tartib.feedback import personal_data as feedback_data
from tartib.feedback import timeline as feedback_timeline
from tartib.imports import personal_data as import_data
from tartib.imports import timeline as import_timeline
from tartib.journal import kinds as entry_kinds
from tartib.journal import timeline as own_timeline
from tartib.journal import witness
from tartib.mailbox import hooks as mailbox
from tartib.notify import attaching, codes, status_messages, to_shop
from tartib.notify import personal_data as message_data
from tartib.notify import template_variables as message_words
from tartib.notify import timeline as message_timeline
from tartib.notify.channels import push
from tartib.notify.models import Channel
from tartib.notify.sms import practice as practice_sms
from tartib.orders import (
    answering,
    awaiting,
    following,
    payment_words,
    points,
    proposals,
    repaying,
    request_timeline,
    stock,
)
from tartib.orders import hooks as orders
from tartib.orders import kind as order_kind
from tartib.orders import personal_data as order_data
from tartib.orders import timeline as order_timeline
from tartib.orders import witness as order_witness
from tartib.payments import hooks as payment_hooks
from tartib.payments import operations as payments
from tartib.payments import personal_data as payment_data
from tartib.payments import timeline as payment_timeline
from tartib.payments import witness as payment_witness
from tartib.risk import hooks as risk_hooks
from tartib.risk import personal_data as risk_data
from tartib.risk import timeline as risk_timeline
from tartib.sandbox import operations as sandbox
from tartib.sandbox import personal_data as sandbox_data
from tartib.shipping import events as shipping
from tartib.shops import domains, naming, worktime
from tartib.storefront import hooks as storefront
from tartib.support import hooks as support
from tartib.support import kind as support_kind
from tartib.support import personal_data as support_data
from tartib.web import audience


def connect() -> None:
    """Called once, when Django is ready."""
    kinds.connected = {kind.code: kind for kind in (order_kind.KIND, support_kind.KIND)}
    # What timelines hold: of a kind of entry with variants the first that knows an entry reads it.
    entry_kinds.connected = entry_kinds.Descriptions(
        entries=(
            *own_timeline.ENTRIES,
            *case_timeline.ENTRIES,
            *order_timeline.ENTRIES,
            *payment_timeline.ENTRIES,
            *message_timeline.ENTRIES,
            *dispatch_timeline.ENTRIES,
            *request_timeline.ENTRIES,
            *import_timeline.ENTRIES,
            *billing_timeline.ENTRIES,
            *feedback_timeline.ENTRIES,
            *risk_timeline.ENTRIES,
        ),
        fields={**case_timeline.FIELDS, **order_timeline.FIELDS, **payment_timeline.FIELDS},
        events={**order_timeline.EVENTS, **payment_timeline.EVENTS, **risk_timeline.EVENTS, **shipping.EVENTS},
    )
    # What is kept beside timelines and they tell of: proved by them, and by anchors.
    witness.connected = witness.Witness(
        case_ids=case_witness.case_ids,
        implied=(case_witness.STATUS, order_witness.TOTAL, *payment_witness.MONEY),
        ledgers=(stock_witness.STOCK,),
    )
    cases.connected = cases.Hooks(
        # Before: what a guard of a workflow may ask, and what a move does besides. Either can refuse it.
        facts=(orders.facts, payment_hooks.facts),
        effects={**stock.EFFECTS, "proposal.open": proposals.effect()},
        events=orders.EVENTS | payment_hooks.EVENTS | support.EVENTS | {*shipping.EVENTS, risk_timeline.DOUBTFUL},
        # After: first what is kept of cases comes in line with where they stand, then people are told.
        after_open=(risk_hooks.opened,),
        after_move_or_undo=(points.follow, following.follow, payments.follow_end, awaiting.follow, money.follow),
        after_move=(
            status_messages.write_messages, checkout.tell_of_recorded, proposals.close_on_move, risk_hooks.moved,
        ),
        before_undo=(status_messages.withdraw_messages,),
        already_told=(status_messages.told,),
        after_edit=(billing.follow_edit, payments.follow_edit),
        before_delete=(
            stock.clear, points.clear, support.clear, awaiting.deleted, risk_hooks.deleted,
        ),
        # What messages may say. Of two with one name the later counts.
        template_variables=(
            TemplateVariables(orders.WORDS, orders.words),
            TemplateVariables(message_words.WORDS, message_words.words),
            TemplateVariables(support.WORDS, support.words),
            TemplateVariables(feedback.WORDS, feedback.words),
            TemplateVariables(payment_words.WORDS, payment_words.words),
            TemplateVariables(storefront.WORDS, storefront.words),
        ),
    )  # fmt: skip
    payment_hooks.connected = payment_hooks.Hooks(
        before_settle=(orders.honour_points,),
        after_payment=(billing.follow_money, orders.take_points_back, repaying.paid_otherwise),
        on_trouble=(money.open_or_close,),
        take_back=(stock.return_pieces, following.came_back),
    )
    customers.connected = customers.Hooks(
        send_code=codes.send,
        can_send=codes.ready,
        warn=codes.warn,
        after_rename=(case_data.reindex_later,),
        exporters=(
            customer_data.export, case_data.export, order_data.export, payment_data.export, message_data.export,
            support_data.export, dispatch_data.export, billing_data.export, feedback_data.export,
            checkout_data.export, risk_data.export,
        ),
        # Cases are locked first: what changes them later does not wait for what is held here, nor the other way round.
        erasers=(
            case_data.erase, order_data.erase, payment_data.erase, message_data.erase,
            support_data.erase, dispatch_data.erase, import_data.erase, billing_data.erase,
            feedback_data.erase, checkout_data.erase, risk_data.erase, api_data.erase,
            sandbox_data.erase,
        ),
        hindrances=(case_data.hinder, payment_data.hinder),
        merge_accounts=(checkout_data.merge,),
    )  # fmt: skip
    work.connected = {kind.code: kind for kind in (*money.KINDS, *answering.KINDS, mailbox.KIND)}
    attaching.makers = {Channel.FAX: billing_hooks.receipt_file}
    domains.after_turn = (to_shop.tell_of_domain,)
    worktime.after_change = (dispatch_jobs.recount_later,)
    naming.tables = (
        naming.Table("customers_customer"),
        naming.Table("catalog_product"),
        naming.Table("catalog_listing", "title", "sort_title"),
    )
    # Messages of practice shops are shown where people practise.
    push.witnesses = (sandbox.catch_push,)
    practice_sms.catchers = (sandbox.catch_text,)
    # A thread serves many requests, one after another: each starts as a reader of no shop.
    request_started.connect(audience.forget, dispatch_uid="tartib.web.audience")
