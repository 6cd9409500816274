"""What follows a move, an edit, a payment, a rename, an erasing: the one list, in the order in which it happens.

Rooms below call what rooms above have for them without knowing these: the hooks of `cases`, `payments` and `customers`
say what they ask for, and this is what they are given. What stands earlier happens, and locks, earlier.
"""

from __future__ import annotations

from django.core.signals import request_started

from tartib.api import persons as api_persons
from tartib.billing import operations as billing
from tartib.billing import persons as billing_persons
from tartib.billing import plugs as billing_plugs
from tartib.cases import kinds
from tartib.cases import persons as case_persons
from tartib.cases import plugs as cases
from tartib.cases.plugs import WordSource
from tartib.checkout import answering, awaiting, proposals, repaying
from tartib.checkout import persons as checkout_persons
from tartib.checkout import plugs as checkout
from tartib.checkout import words as checkout_words
from tartib.customers import persons as customer_persons
from tartib.customers import plugs as customers
from tartib.dispatch import kinds as work
from tartib.dispatch import money
from tartib.dispatch import operations as dispatch
from tartib.dispatch import persons as dispatch_persons
from tartib.feedback import persons as feedback_persons
from tartib.feedback import plugs as feedback
from tartib.integrations import persons as import_persons
from tartib.mailbox import plugs as mailbox
from tartib.notify import attaching, codes, telling, to_shop
from tartib.notify import persons as message_persons
from tartib.notify import words as message_words
from tartib.notify.channels import push
from tartib.notify.models import Channel
from tartib.notify.sms import practice as practice_sms
from tartib.orders import following, points, stock
from tartib.orders import kind as order_kind
from tartib.orders import persons as order_persons
from tartib.orders import plugs as orders
from tartib.payments import operations as payments
from tartib.payments import persons as payment_persons
from tartib.payments import plugs as payment_plugs
from tartib.practice import operations as practice
from tartib.practice import persons as practice_persons
from tartib.shipping import events as shipping
from tartib.shops import domains, naming
from tartib.storefront import plugs as storefront
from tartib.support import kind as support_kind
from tartib.support import persons as support_persons
from tartib.support import plugs as support
from tartib.trust import operations as trust
from tartib.trust import persons as trust_persons
from tartib.trust import plugs as trust_plugs
from tartib.web import audience


def connect() -> None:
    """Called once, when Django is ready."""
    kinds.connected = {kind.code: kind for kind in (order_kind.KIND, support_kind.KIND)}
    cases.connected = cases.Hooks(
        # Before: what a guard of a workflow may ask, and what a move does besides. Either can refuse it.
        facts=(orders.facts, payment_plugs.facts),
        effects={**stock.EFFECTS, "proposal.open": proposals.effect()},
        events=orders.EVENTS | payment_plugs.EVENTS | support.EVENTS | shipping.EVENTS | {trust.DOUBTFUL},
        # After: first what is kept of cases comes in line with where they stand, then people are told.
        after_open=(trust_plugs.opened,),
        after_move_or_undo=(points.follow, following.follow, payments.follow_end, awaiting.follow),
        after_move=(telling.tell, checkout.tell_of_recorded, checkout.close_proposals, trust_plugs.moved),
        before_undo=(telling.untell,),
        already_told=(telling.told,),
        after_edit=(billing.follow_edit, payments.follow_edit),
        before_assign=(dispatch.follow,),
        before_delete=(
            stock.clear, points.clear, support.clear, awaiting.deleted, trust_plugs.deleted,
        ),
        # What messages may say. Of two with one name the later counts.
        template_variables=(
            WordSource(orders.WORDS, orders.words),
            WordSource(message_words.WORDS, message_words.words),
            WordSource(support.WORDS, support.words),
            WordSource(feedback.WORDS, feedback.words),
            WordSource(checkout_words.WORDS, checkout_words.words),
            WordSource(storefront.WORDS, storefront.words),
        ),
    )  # fmt: skip
    payment_plugs.connected = payment_plugs.Hooks(
        before_settle=(orders.honour_points,),
        after_payment=(billing.follow_money, orders.take_points_back, repaying.paid_otherwise),
        on_trouble=(money.hear,),
        take_back=(stock.take_back, following.came_back),
    )
    customers.connected = customers.Hooks(
        send_code=codes.send,
        can_send=codes.ready,
        warn=codes.warn,
        after_rename=(case_persons.refind_later,),
        exporters=(
            customer_persons.tell, case_persons.tell, order_persons.tell, payment_persons.tell, message_persons.tell,
            support_persons.tell, dispatch_persons.tell, billing_persons.tell, feedback_persons.tell,
            checkout_persons.tell, trust_persons.tell,
        ),
        # Cases are locked first: what changes them later does not wait for what is held here, nor the other way round.
        erasers=(
            case_persons.forget, order_persons.forget, payment_persons.forget, message_persons.forget,
            support_persons.forget, dispatch_persons.forget, import_persons.forget, billing_persons.forget,
            feedback_persons.forget, checkout_persons.forget, trust_persons.forget, api_persons.forget,
            practice_persons.forget,
        ),
        hindrances=(case_persons.hinder, payment_persons.hinder),
        merge_accounts=(checkout_persons.merge,),
    )  # fmt: skip
    work.connected = {kind.code: kind for kind in (*money.KINDS, *answering.KINDS, mailbox.KIND)}
    attaching.makers = {Channel.FAX: billing_plugs.receipt_file}
    domains.after_turn = (to_shop.tell_of_domain,)
    naming.tables = (
        naming.Table("customers_customer"),
        naming.Table("catalog_product"),
        naming.Table("catalog_listing", "title", "sort_title"),
    )
    # Messages of practice shops are shown where people practise.
    push.witnesses = (practice.catch_push,)
    practice_sms.catchers = (practice.catch_text,)
    # A thread serves many requests, one after another: each starts as a reader of no shop.
    request_started.connect(audience.forget, dispatch_uid="tartib.web.audience")
