"""What somebody wrote in an e-mail, without what they answered to. Pure.

Mail programs set a quotation off in many ways and in the language of whoever writes: by "> ", by a line that says who
wrote when, by a line of dashes, by a block of headers. Everything from there on is cut. Where nothing of the writer's
own would be left, and where they wrote between the lines, all stays: too much is better than too little.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_MARKS = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_WROTE = r"wrote|writes|كتب|كتبت|نوشت|نوشته|написав|написала|написали|пише|寫道|写道|寫於|写于"
# "On 22 Nov 2026, at 10:00, Somebody <a@b.example> wrote:", on one line or broken into two or three.
_ATTRIBUTION = re.compile(rf"(?=.*(?:\d|@))(?=.*(?:{_WROTE}|<[^<>\s]+@[^<>\s]+>)).{{6,400}}[:：]\s*$", re.IGNORECASE)
_DASHED = re.compile(
    r"^\s*[-_]{2,}\s*(?:original message|forwarded message|الرسالة الأصلية|رسالة محولة|پیام اصلی|پیام ارجاع‌شده"
    r"|вихідне повідомлення|початкове повідомлення|переслане повідомлення|原始郵件|原始訊息|郵件原件|轉寄的郵件)"
    r"\s*[-_]{2,}\s*$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s*_{20,}\s*$")
_FROM = re.compile(r"^\s*\*?(?:from|من|از|від|寄件者|寄件人|發件人)\s*\*?\s*[:：]", re.IGNORECASE)
_SENT = re.compile(
    r"^\s*\*?(?:sent|date|تاريخ الإرسال|التاريخ|أُرسلت|تم الإرسال|تاریخ|ارسال شده|فرستاده شده|надіслано|дата"
    r"|傳送時間|寄件日期|日期|發送時間)\s*\*?\s*[:：]",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"^--\s?$")


def own_words(text: str) -> str:
    """What the writer of an e-mail added to it themselves."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    plain = [_MARKS.sub("", line) for line in lines]
    end = min(
        (place for place in (_announced(plain), _quoted(plain), _signed(plain)) if place is not None), default=None
    )
    own = "\n".join(lines[:end]).strip()
    return re.sub(r"\n{3,}", "\n\n", own or text.strip())


def _announced(lines: Sequence[str]) -> int | None:
    """The line that says that a quotation follows."""
    for place, line in enumerate(lines):
        if _DASHED.match(line):
            return place
        if _FROM.match(line) and any(_SENT.match(other) for other in lines[place + 1 : place + 5]):
            return place - 1 if place and _RULE.match(lines[place - 1]) else place
        for length in (1, 2, 3):
            part = lines[place : place + length]
            if all(one.strip() for one in part) and _ATTRIBUTION.match(" ".join(part)) and _leads(lines, place, length):
                return place
    return None


def _leads(lines: Sequence[str], place: int, length: int) -> bool:
    """Whether what follows an attribution is a quotation: set off, or at least a paragraph of its own."""
    if place and lines[place - 1].strip() and not _follows_quote(lines, place + length):
        return False
    verbs = re.search(_WROTE, " ".join(lines[place : place + length]), re.IGNORECASE)
    return bool(verbs) or _follows_quote(lines, place + length)


def _follows_quote(lines: Sequence[str], place: int) -> bool:
    following = next((line for line in lines[place:] if line.strip()), "")
    return following.lstrip().startswith(">")


def _quoted(lines: Sequence[str]) -> int | None:
    """The first line of a quotation that nothing of the writer's own follows."""
    place = None
    for number, line in enumerate(lines):
        if line.lstrip().startswith(">"):
            place = number if place is None else place
        elif line.strip() and not _SIGNATURE.match(line):
            place = None
    return place


def _signed(lines: Sequence[str]) -> int | None:
    return next((place for place, line in enumerate(lines) if place and _SIGNATURE.match(line)), None)
