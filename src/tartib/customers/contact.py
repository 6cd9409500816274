"""What people write to be reached by: e-mail addresses and phones, and what is said where one cannot be used."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

from tartib.l10n import names, phones
from tartib.l10n.phones import Note, Reading

LONGEST_EMAIL = 254
_PLAIN = re.compile(
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:localhost|(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,63})", re.IGNORECASE
)
"""What nobody would doubt; all else takes a parser, and an import has thousands."""


def email(text: str) -> str:
    """An e-mail address in the one form in which it is compared, in any script; "" for nothing.

    Raises ValidationError, in words, for what is none. Nobody is asked whether it exists.
    """
    typed = text.strip()
    if not typed:
        return ""
    try:
        found = validate_email(typed, check_deliverability=False)
    except EmailNotValidError as problem:
        raise ValidationError(_("This is not an e-mail address, such as name@example.com.")) from problem
    return found.normalized.lower()


def is_email(text: str) -> bool:
    """Whether a letter can be addressed so: whatever `email` takes, and names of an own network such as mail.local."""
    if len(text) > LONGEST_EMAIL:
        return False
    if _PLAIN.fullmatch(text):
        return True
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def phone(text: str, *countries: str) -> Reading:
    """Read a phone that somebody is typing; nothing gives an empty reading.

    Raises ValidationError, in words, for what cannot be dialled: it would be kept, and reach nobody. A number with its
    country's code is believed, though no plan may know it yet.
    """
    found = phones.read_phone(text, *countries)
    if found.written and not found.dialled:
        raise ValidationError(undialled(next(filter(None, countries), "")))
    return found


def undialled(country: str) -> str:
    """What is said of a number that nobody could dial."""
    example = phones.example(country)
    if not example:
        return _("This number cannot be dialled. Write it with + and the code of its country.")
    return _("This number cannot be dialled. Write it like %(example)s, or with + and the code of its country.") % {
        "example": names.isolate(example)
    }


def remarks(found: Reading, country: str = "") -> list[tuple[str, str]]:
    """What there is to say of a phone as it was read: a code for programs and a sentence for people."""
    number = names.isolate(phones.shown(found.number))
    words: dict[Note, str] = {
        "unreadable": _("There is no phone number in what was written. It is kept as it is."),
        "unknown": _("No numbering plan knows this number. Please check it.") if found.dialled else undialled(country),
        "second": _("There are two numbers. %(number)s is used, the other is kept beside it.") % {"number": number},
        "extension": _("The extension is kept. Messages go to %(number)s without it.") % {"number": number},
        "words": _("%(number)s is used. What else was written is kept beside it.") % {"number": number},
        "abroad": _("It was read as %(number)s. If that is wrong, write it with + and its country’s code.")
        % {"number": number},
    }
    said = [(f"phone-{note}", words[note]) for note in found.notes]
    if found.dialled and found.kind in ("fixed", "service"):
        said.append(("phone-no-sms", _("No SMS can arrive at %(number)s.") % {"number": number}))
    return said
