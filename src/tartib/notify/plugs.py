"""What messages register with the engine: who tells of moves and takes that back, who passes words on, common words."""

from __future__ import annotations

from tartib.cases import plugs
from tartib.cases.plugs import WordSource
from tartib.customers import plugs as customers
from tartib.notify import codes, persons, to_shop
from tartib.notify.saying import say
from tartib.notify.telling import tell, told, untell
from tartib.notify.words import WORDS, words
from tartib.shops import domains


def register() -> None:
    """Called once, when Django is ready."""
    plugs.word_sources.append(WordSource(WORDS, words))
    plugs.tellers.append(tell)
    plugs.untellers.append(untell)
    plugs.told_of.append(told)
    customers.couriers.append(codes.send)
    customers.warners.append(codes.warn)
    customers.readiness.append(codes.ready)
    domains.heralds.append(to_shop.tell_of_domain)
    plugs.sayers.append(say)
    customers.exporters.append(persons.tell)
    customers.erasers.append(persons.forget)
