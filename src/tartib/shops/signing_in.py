"""How often a password of staff may be tried, and the proof that is asked for after that.

Nobody is locked out by strangers. A browser in which somebody signed in before has tries of its own. From elsewhere
tries are counted by account and by visitor; where they are used up, the door is not closed: a code sent to the mailbox
makes a browser a known one. What goes well is not counted. Nothing depends on whether there is such an account.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from tartib.l10n import digits
from tartib.shops.operations import give_back, within_limit

WINDOW = timedelta(minutes=15)
TRIES_OF_DEVICE = 10
TRIES_OF_EMAIL = 10
TRIES_OF_ADDRESS = 50

CODE_HALF_LIFE = timedelta(minutes=30)
"""A code is the same for as long as this, and good for as long again."""
LETTERS = 2
"""Letters with the same code to one mailbox: whoever has it sent, its owner can use it."""
HOUR = timedelta(hours=1)
CODES_TO_NOBODY = 20
CODE_TRIES, CODE_TRIES_OF_EMAIL = 10, 10_000
# Without what is easily mistaken; 30 letters and digits, eight of them: 6.5e11 codes.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries to come in: with which address, seen from where, in which browser.

    `device` is one in which somebody signed in before ("" for another); `browser` is only by what its forms are known.
    """

    email: str
    visitor: str
    device: str = ""
    browser: str = ""

    def _budgets(self) -> list[tuple[str, str, int]]:
        """What it counts for: the purpose, the subject, the most."""
        if self.device:
            return [("sign-in device", f"{self.device} {self.email}", TRIES_OF_DEVICE)]
        return [("sign-in address", self.visitor, TRIES_OF_ADDRESS), ("sign-in email", self.email, TRIES_OF_EMAIL)]

    def count(self, *, now: datetime) -> bool:
        """Count it as one that fails; false where it may not be made, whatever the password."""
        # Every budget is counted: that of an account does not tell what another is at.
        calm = [
            within_limit(what, [subject], most=most, window=WINDOW, now=now) for what, subject, most in self._budgets()
        ]
        return all(calm)

    def went_well(self) -> None:
        """It was no guess: it does not count."""
        for what, subject, _most in self._budgets():
            give_back(what, [subject])


def wants_letter(attempt: Attempt, *, works_here: bool, now: datetime) -> bool:
    """Whether to send the code: not again and again to one mailbox, nor to many that are nobody's for one visitor.

    Who asks does not see whether it is sent. So letters to those who work somewhere are not counted for their visitor:
    whoever asks for them without end leaves their neighbours theirs.
    """
    slot = f"{attempt.email} {_slot(now)}"
    calm = within_limit("sign-in codes email", [slot], most=LETTERS, window=2 * CODE_HALF_LIFE, now=now)
    if works_here:
        return calm
    return within_limit("sign-in codes address", [attempt.visitor], most=CODES_TO_NOBODY, window=HOUR, now=now) and calm


def code(email: str, *, now: datetime) -> str:
    """The code that proves the mailbox at that time. It stands nowhere: it is worked out when it is sent and tried."""
    return _code(email, _slot(now))


def is_right(attempt: Attempt, typed: str, *, now: datetime) -> bool:
    """Whether that is the code that was sent; false as well where one browser, or all together, tried it too often.

    Of so many codes thousands of guesses find none: a few would be no safer, and lock its owner out.
    """
    here = f"{attempt.email} {attempt.browser or attempt.visitor}"
    calm = within_limit("sign-in code tries", [here], most=CODE_TRIES, window=HOUR, now=now) and within_limit(
        "sign-in code tries email", [attempt.email], most=CODE_TRIES_OF_EMAIL, window=HOUR, now=now
    )
    given = "".join(char for char in digits.latin(typed).upper() if char.isalnum())
    right = [hmac.compare_digest(_code(attempt.email, _slot(now) - age).encode(), given.encode()) for age in (0, 1)]
    return any(right) and calm


def _slot(now: datetime) -> int:
    return int(now.timestamp() // CODE_HALF_LIFE.total_seconds())


def _code(email: str, slot: int) -> str:
    said = f"{email}\0{slot}".encode()
    number = int.from_bytes(hmac.new(b"tartib.sign-in" + settings.SECRET_KEY.encode(), said, hashlib.sha256).digest())
    picked = []
    for _char in range(_LENGTH):
        number, at = divmod(number, len(_ALPHABET))
        picked.append(_ALPHABET[at])
    return "".join(picked)
