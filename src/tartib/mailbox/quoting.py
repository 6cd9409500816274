"""What somebody wrote in an e-mail, apart from what they answered to. Pure, and in time that grows with the lines.

Mail programs set a quotation off in many ways and in the language of whoever writes: by "> ", under a line that says
who wrote when, under a line of dashes or a block of headers. One rule stands above all of them: **what is not followed
by quoted text is the writer's own.** A line that announces a quotation announces one only where one follows, to the
end.
Where nothing of the writer's own would be left, and where they wrote between the lines, all stays: too much is better
than too little, and what is taken for a quotation is folded, not thrown away.

Lines that announce are known by their shape in any language, some by their words: `quotequail` knows ten languages,
`headings` the names of the headers in more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import quotequail

from tartib.mailbox.headings import kind_of
from tartib.mailbox.markup import BELOW

MOST_LINES = 2_000
"""So many lines are looked at; what a person writes themselves is not longer."""
WIDEST = 400
"""So much of a line: what announces a quotation is not longer."""
_MARKS = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_WROTE = re.compile(
    r"wrote|writes|schrieb|écrit|escribió|escreveu|scritto|schreef|skrev|napisa|написа|пише|писал|пишет|yazdı|şunları"
    r"|كتب|نوشت|寫道|写道|寫於|写于|書きました|작성",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[<(\[]?[^\s<>()\[\]@]{1,64}@[^\s<>()\[\]@]{1,253}[>)\]]?")
_DIVIDER = re.compile(r"[\s*>]{0,20}[-_=\u2010-\u2015]{2,80}\s{0,5}\S[^-_=]{1,80}[-_=\u2010-\u2015]{2,80}[\s*]{0,5}")
_RULE = re.compile(r"\s{0,5}[-_\u2010-\u2015]{10,300}\s{0,5}")
_LABELLED = re.compile(r"[>\s]{0,20}\*{0,2}([^:：*]{1,30}?)\*{0,2}\s{0,3}[:：]\*{0,2}(.*)")
# Somebody who says both in one line has written into what follows.
_ANSWERS = re.compile(
    r"\b(?:answer|repl(?:y|ies)|comment|respon[cs]e|see\b)|відпові|коментар|إجاب|أجب|أجوب|ردود|تعليق|پاسخ|جواب|回答|答案|回覆|回复|答覆",
    re.IGNORECASE,
)
_BELOW_THIS = re.compile(
    r"\b(?:below|inline|in line|in (?:blue|red|green|bold|colou?r))\b|нижче|між рядками|синім|червоним|أدناه|بالأسفل"
    r"|في الأسفل|بالأزرق|بالأحمر|در زیر|پایین|آبی|قرمز|با رنگ|میان خطوط|下面|下方|以下|如下|藍色|紅色|蓝色|红色",
    re.IGNORECASE,
)
_MANY_BREAKS = re.compile(r"\n{3,}")
_SIGNATURE = "-- "
_SIGNED_WITHIN = 12


@dataclass(frozen=True, slots=True)
class Divided:
    """A letter's text in two: what its writer wrote, and what they answered to; "" where it quotes nothing."""

    own: str
    quoted: str


def divide(text: str) -> Divided:
    """Tell what the writer of an e-mail wrote themselves from what follows it.

    Where they say that their answers are below, all is theirs.
    """
    lines = text.split("\n")
    plain = [_MARKS.sub("", line[:WIDEST]) for line in lines]
    place = min(_announced(plain), _set_off(plain))
    if any(_ANSWERS.search(line) and _BELOW_THIS.search(line) for line in plain[: min(place, MOST_LINES)]):
        return Divided(_clean(lines), "")
    own, quoted = _clean(lines[:place]), _clean(lines[place:])
    return Divided(own, quoted) if own else Divided(_clean(lines), "")


def _clean(lines: Sequence[str]) -> str:
    return _MANY_BREAKS.sub("\n\n", "\n".join(line.rstrip() for line in lines if line != BELOW)).strip()


def _set_off(lines: Sequence[str]) -> int:
    """Where the quotation begins that is marked line by line and ends the letter, with the line that announces it.

    A signature is none of the words: one that stands below it, or right above it.
    """
    end = _signed(lines, len(lines))
    place = end
    while place and (_is_quoted(lines[place - 1]) or not lines[place - 1].strip()):
        place -= 1
    if not any(_is_quoted(line) for line in lines[place:end]):
        return end
    return _signed(lines, _with_rule(lines, _with_attribution(lines, place)))


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _signed(lines: Sequence[str], end: int) -> int:
    """Where the signature begins that ends the lines before `end`; `end` where there is none (RFC 3676, 4.3)."""
    written = 0
    for place in range(end - 1, 0, -1):
        if lines[place].rstrip("\r\n") == _SIGNATURE:
            return place
        written += bool(lines[place].strip())
        if written > _SIGNED_WITHIN or _is_quoted(lines[place]):
            break
    return end


def _with_attribution(lines: Sequence[str], place: int) -> int:
    """Where a quotation begins with the lines that say who wrote when; `place` where nothing says so."""
    last = place - 1
    while last >= 0 and place - last <= 3 and not lines[last].strip():
        last -= 1
    if last < 0 or place - last > 3:
        return place
    begin = _attribution(lines, last)
    if begin is None:
        return last if _introduces(lines[last]) else place
    return begin


def _attribution(lines: Sequence[str], last: int) -> int | None:
    """Where the one to three lines begin that end with line `last` and say who wrote when; None where they do not."""
    if not lines[last].rstrip().endswith((":", "：", ">")):
        return None
    for begin in range(last, max(last - 3, -1), -1):
        if begin < last and (not lines[begin].strip() or lines[begin].rstrip().endswith((".", "!", "?", "。", "؟"))):
            break
        joined = " ".join(lines[begin : last + 1])
        digits = sum(letter.isdigit() for letter in _ADDRESS.sub("", joined))
        if digits >= 3 and (digits >= 6 or "@" in joined or _WROTE.search(joined)):
            return begin
    return last if _ADDRESS.search(lines[last]) else None


def _after_attribution(lines: Sequence[str], place: int) -> int:
    """The line after an attribution that is the next text at or below `place`; 0 where there is none."""
    first = next((number for number in range(place, min(place + 5, len(lines))) if lines[number].strip()), len(lines))
    for last in range(first, min(first + 3, len(lines))):
        if _attribution(lines, last) == first:
            return last + 1
    return 0


def _introduces(line: str) -> bool:
    """Whether a line announces a quotation by its words, in one of the languages of `quotequail`."""
    stripped = line.strip()
    return bool(stripped) and not all(shown for shown, _text in quotequail.quote(stripped, quote_intro_line=True))


def _announced(lines: Sequence[str]) -> int:
    """The line from which on all is quoted, though it is not marked line by line; the end where there is none."""
    for place in range(min(len(lines), MOST_LINES)):
        line = lines[place]
        if line == BELOW:
            follows = _headers(lines, place + 1, named=False) or _after_attribution(lines, place + 1)
        elif _DIVIDER.fullmatch(line):
            follows = _headers(lines, place + 1) or _headers(lines, place + 1, named=False, least=3)
        else:
            follows = _headers(lines, place)
        if follows and any(rest.strip() for rest in lines[follows:]):
            return _with_rule(lines, place)
    return len(lines)


def _with_rule(lines: Sequence[str], place: int) -> int:
    """Where a quotation begins with the line that is drawn above it."""
    above = place - 1
    while above > 0 and place - above <= 2 and not lines[above].strip():
        above -= 1
    drawn = above >= 0 and (_RULE.fullmatch(lines[above]) or _DIVIDER.fullmatch(lines[above]))
    return above if drawn else place


def _headers(lines: Sequence[str], place: int, *, named: bool = True, least: int = 2) -> int:
    """The line after the block of headers that begins at `place` or after a blank line; 0 where there is none.

    Its first line names the sender in a language we know, another the time or the subject, and one holds an address or
    all are there: "From: 12 Hill Road" is a customer's own. With `named` false, as where the mail program itself says
    that a quotation follows, so many lines with a label are enough, whatever their language.
    """
    while not named and place < len(lines) and not lines[place].strip() and lines[place] != BELOW:
        place += 1
    kinds: list[str] = []
    labelled, addressed, end = 0, False, place
    for number in range(place, min(place + 14, len(lines))):
        line = lines[number]
        if not line.strip():
            if number == end and labelled and number + 1 < len(lines) and _LABELLED.fullmatch(lines[number + 1]):
                end = number + 1
                continue
            break
        found = _LABELLED.fullmatch(line)
        if found is None and (not labelled or number > end):
            break
        if found is not None:
            kind = kind_of(found[1])
            if named and not labelled and kind != "from":
                return 0
            kinds.append(kind)
            labelled += 1
        addressed = addressed or ("@" in line and (not named or kinds[-1] in ("from", "to")))
        end = number + 1
    if not named:
        return end if labelled >= least and (addressed or "from" in kinds or least == 2) else 0
    known = set(kinds)
    dated = "from" in known and bool(known & {"sent", "subject"})
    return end if dated and labelled >= 2 and (addressed or {"from", "subject"} < known - {""}) else 0
