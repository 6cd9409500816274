"""The wording that ships: a complete template for every phase of the work, channel and language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tartib.l10n.names import language as nearest
from tartib.notify.models import Channel, MessageKind


@dataclass(frozen=True, slots=True)
class Wording:
    """The text of a template. `subject` is empty where the channel has none."""

    subject: str
    body: str


# What a customer wants to know in each phase, besides where the order stands.
_EXTRAS: Mapping[str, tuple[str, ...]] = {
    "waiting": ("summary", "paid", "pay"),
    "working": ("paid", "pay"),
    "moving": ("tracking",),
    "ready": ("pickup", "tracking", "total"),
    "problem": ("pay", "phone"),
    "ended": ("phone",),
}
# Words say all of it: where nothing is recommended, nothing is left of it.
_RELATED = "{recommendations_title}\n{recommendations}"
# Who pays on receipt reads them again when it comes; before, they stand with what there is to pay.
_HANDED_OVER = "{payment_instructions}"


@cache
def wording(
    phase: str,
    channel: str,
    language: str,
    *,
    first: bool = False,
    placed: bool = False,
    kind: str = "",
) -> Wording:
    """What the customer is told when a case of that kind comes to a status of that phase, or (`placed`) is here at all.

    The first they hear of it says what was ordered, whatever phase it has come to.
    """
    texts = _texts(language, kind)
    subject = texts["placed_subject" if placed else "subject"]
    if channel == Channel.SMS:
        # Without a greeting: in an alphabet of 16 bits a name, a number and a link alone fill more than one SMS.
        tracked, payable = not placed and phase in ("moving", "ready"), placed or phase in ("waiting", "problem")
        links = (texts["sms_pay"], "{follow_link}") if payable else ("{case_link}",)
        said = texts["placed_sms" if placed else "sms"]
        return Wording("", _joined("\n", said, texts["sms_tracking"] if tracked else "", "{note}", *links))
    if channel == Channel.PUSH:
        # It leads to the case by itself.
        tracked = phase in ("moving", "ready")
        return Wording(
            subject,
            _joined(
                "\n",
                texts["greeting"],
                "{status_text}",
                texts["sms_tracking"] if tracked else "",
                "{note}",
                "{shop_name}",
            ),
        )
    body = _joined(
        "\n\n",
        texts["greeting"],
        f"{texts['placed_heading' if placed else 'heading']}\n{{status_text}}",
        *(
            texts[extra]
            for extra in dict.fromkeys((*(("summary",) if first or placed else ()), *_EXTRAS.get(phase, ())))
        ),
        _HANDED_OVER if phase in ("moving", "ready") else "",
        texts["note"],
        _RELATED if phase == "done" else "",
        "\n".join(filter(None, (texts["case_link"], texts["support_link"]))),
        "{shop_name}",
    )
    return Wording(subject, body)


@cache
def to_shop(kind: str, channel: str, language: str, of: str = "") -> Wording:
    """What the shop itself is told by a message of that kind: a case `of` some kind came in, a customer wrote."""
    texts = _texts(language, of)[kind]
    if channel == Channel.SMS:
        return Wording("", f"{texts['subject']}\n{{desk_link}}")
    return Wording(texts["subject"], texts["body"].strip())


@cache
def letter(kind: str, channel: str, language: str, turn: str = "", of: str = "") -> Wording:
    """What a customer of a case `of` some kind is told, of that `turn`, in a message that is not about a new status."""
    texts = _texts(language, of)
    own = texts[kind][turn] if turn else texts[kind]
    if channel == Channel.SMS:
        return Wording("", own["sms"])
    if channel == Channel.PUSH:
        return Wording(own["subject"], _joined("\n", own.get("push", "{note}"), "{shop_name}"))
    note = own.get("note", texts["note"])
    greeting = own.get("greeting", texts["greeting"])
    return Wording(own["subject"], _joined("\n\n", greeting, own["body"], note, "{shop_name}"))


@cache
def without_case(kind: str, turn: str, channel: str, language: str) -> Wording:
    """What is said about no case: a one-time code, that an address was changed, the `turn` a domain has taken."""
    texts = _texts(language)["one_time" if kind == MessageKind.CODE else kind]
    texts = texts[turn] if turn else texts
    if channel == Channel.SMS:
        return Wording("", texts["sms"].strip())
    return Wording(texts["subject"], texts["body"].strip())


def brief_note(language: str) -> str:
    """What an SMS says in place of a note that is too long for it."""
    return str(_texts(language)["sms_note"])


def link_lines(language: str, kind: str = "") -> tuple[str, str]:
    """The lines that link to the case and to support, for e-mail texts that leave them out."""
    texts = _texts(language, kind)
    return texts["case_link"], texts["support_link"]


def _joined(between: str, *texts: str) -> str:
    return between.join(text.strip() for text in texts if text)


@cache
def _all() -> Mapping[str, Any]:
    return tomllib.loads(files("tartib.notify").joinpath("defaults.toml").read_text(encoding="utf-8"))


def _texts(language: str, kind: str = "") -> Mapping[str, Any]:
    """The texts of a language; those of orders, so far as another kind of case has none of its own."""
    texts: Mapping[str, Any] = _all()[nearest(language)]
    return {**texts, **texts[kind]} if kind in texts else texts
