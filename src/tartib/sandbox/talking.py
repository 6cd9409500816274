"""What customers of a practice shop ask, and what they thought of their orders: by the moves of every shop."""

from __future__ import annotations

from datetime import datetime, timedelta

from tartib.cases.engine import advance
from tartib.cases.hooks import NotifyOptions
from tartib.cases.models import Case
from tartib.customers.operations import CustomerDraft
from tartib.dispatch.assigning import claim
from tartib.feedback import operations as feedback
from tartib.feedback.models import Feedback
from tartib.flow.facts import ByHand
from tartib.orders import ORDER
from tartib.sandbox.opening import Opened
from tartib.sandbox.samples import Sample, Talk
from tartib.shops.models import Role
from tartib.support.models import Way
from tartib.support.operations import Written, answer, ask, note, say

# An answer takes so long.
_STEP = timedelta(hours=3)
_ASKED = timedelta(hours=26)
_SILENT = NotifyOptions(channels=frozenset())


def talk(sample: Sample, opened: Opened, now: datetime) -> None:
    """Let customers ask, and staff answer most of it, up to `now`."""
    for number, one in enumerate(sorted(sample.talks, key=lambda talk: -talk.ago)):
        _Talking(sample, opened, one, now - timedelta(hours=one.ago), number).play()


def rate(sample: Sample, opened: Opened, now: datetime) -> None:
    """Ask whose order is over since a few days how it was, and let all but two of them answer."""
    asked_at = now - _ASKED
    feedback.ask_due(asked_at, shop=opened.shop)
    asked = list(Feedback.objects.filter(shop=opened.shop).order_by("pk").values_list("token", flat=True))
    for hours, (token, (stars, words)) in enumerate(zip(asked[:-2], sample.ratings, strict=False), start=1):
        feedback.rate(token, stars, now=asked_at + hours * _STEP, words=words)


class _Talking:
    """One request, from its question to where it stands."""

    def __init__(self, sample: Sample, opened: Opened, talk: Talk, at: datetime, number: int) -> None:
        self.sample, self.opened, self.talk, self.at, self.number = sample, opened, talk, at, number
        self.expert = opened.actor(Role.EXPERT)

    def play(self) -> None:
        """Let it happen."""
        (_customer, question), *more = self.talk.said
        about = self._order()
        case = ask(
            self.opened.shop, Written(question), now=self.at, subject=self.talk.subject, about=about,
            customer=None if about else self._person(), notify_options=_SILENT,
        )  # fmt: skip
        for who, words in more:
            self.at += _STEP
            if who == "customer":
                say(case, Written(words), now=self.at)
            elif who == "shop":
                answer(case, Written(words, way=Way.DESK), self.expert, now=self.at)
            else:
                claim(self.opened.shop, [case.pk], self.opened.members[Role.EXPERT], self.expert, now=self.at)
                self._move(case, "in-work")
                note(case, words, self.expert, now=self.at)
        if self.talk.then:
            self.at += _STEP
            self._move(case, self.talk.then)

    def _move(self, case: Case, target: str) -> None:
        wish = ByHand(target, self.expert.role)
        advance(case.shop, [case.pk], wish, self.expert, now=self.at, notify_options=_SILENT)

    def _order(self) -> Case | None:
        """An order that was over by then, or one that is still on its way."""
        orders = Case.objects.filter(shop=self.opened.shop, kind=ORDER, placed_at__lt=self.at)
        of_state = {"done": orders.filter(phase="done", closed_at__lt=self.at), "open": orders.filter(closed_at=None)}
        found = of_state.get(self.talk.about)
        return found.order_by("-placed_at", "pk").first() if found is not None else None

    def _person(self) -> CustomerDraft:
        if self.talk.stranger:
            return CustomerDraft(self.talk.stranger, f"offers@{self.sample.code.lower()}.example.org")
        name = self.sample.customers[self.number]
        email = f"customer{self.number + 1}@{self.sample.slug}.example.com"
        return CustomerDraft(name, email, self.sample.phones % self.number, self.sample.language)
