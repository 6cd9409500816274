"""Text made findable and sortable, the same way on every database server.

`search_text` is stored beside a record, `search_terms` comes from what a reader types, and the contract between them
is: the record is found when **every** term is the beginning of a word of the stored text. Terms hold letters and digits
only, so they need no escaping.

How they meet: both sides are folded (see `fold`), and the stored text also holds what readers join, split or leave out
(an address and its parts, "iphone15" for "iPhone 15", a phone's last digits, an Arabic word without its article).
Chinese has no blanks between words, so its runs are stored as overlapping pairs and as single characters too, and a
query asks for its pairs.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final

from tartib.l10n import digits, phones
from tartib.l10n.fold import fold
from tartib.l10n.names import language
from tartib.l10n.phones import phone

__all__ = ("phone", "search_terms", "search_text", "sort_key")

_CJK: Final = "\u3005\u3007\u3040-\u30ff\u3100-\u312f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_CJK_RUN: Final = re.compile(f"[{_CJK}]+")

# Punctuation inside a word that readers leave out: NH-24-0117, john.doe@shop.ua, Мар'яна.
_JOINERS: Final = re.compile("[-.'’ʼ‘`´′_@+&#:\u2010-\u2015\u2212\u30fb\u00b7]+")
_APOSTROPHES: Final = re.compile("['’ʼ‘`´′]+")
# A word, or a run of Chinese inside what is typed as one word.
_WORD: Final = re.compile(f"[{_CJK}]+|[^\\W_{_CJK}]+")
# Blanks that Persian writers put or leave out inside a word.
_HALF_SPACES: Final = re.compile("[\u200b-\u200d\u00ad]+")
_PHONE_QUERY: Final = re.compile(r"[\s+(]*\d[\d\s().\-/\u2010-\u2015]*")
# A whole tracking code is looked for as one word: its last part alone may be the ending of another order's phone.
_CODE_QUERY: Final = re.compile(r"\s*[A-Za-z0-9]+(?:[-\u2010-\u2015\u2212][0-9]+){2}\s*")
_ONE_FORM: Final = re.compile(r"\+[0-9]{7,15}")
_SHORTEST_PHONE: Final = 7
_SHORTEST_ENDING: Final = 4
_LONGEST_WORD: Final = 64
_MOST_TERMS: Final = 16
_DIGIT: Final = re.compile(r"\d")
_LETTERS_OR_DIGITS: Final = re.compile(r"\d+|\D+")
_ARTICLE: Final = "ال"


def search_text(*parts: str) -> str:
    """What is stored to be searched: the words of all parts, folded, once each, with a blank before and after each.

    Empty when there is nothing to find. Give phone numbers in `phone`'s form, as a part of their own.
    """
    words: dict[str, None] = {}
    for part in parts:
        if part:
            words.update(_words_of(part))
    return f" {' '.join(words)} " if words else ""


def search_terms(query: str) -> list[str]:
    """What to look for: a word of `search_text` must begin with each term. Empty without a letter or a digit."""
    plain = digits.latin(query)
    if _PHONE_QUERY.fullmatch(plain) and sum(map(str.isdigit, plain)) >= _SHORTEST_PHONE:
        return [(phones.core(plain) or _bare(plain))[:_LONGEST_WORD]]
    if _CODE_QUERY.fullmatch(plain):
        return [_JOINERS.sub("", fold(plain.strip()))[:_LONGEST_WORD]]
    terms: dict[str, None] = {}
    for word in _WORD.findall(_split(fold(_HALF_SPACES.sub(" ", plain)))):
        terms.update(dict.fromkeys(_pairs(word) if _CJK_RUN.match(word) and len(word) > 1 else (word[:_LONGEST_WORD],)))
    return list(terms)[:_MOST_TERMS]


def sort_key(text: str, code: str) -> str:
    """A string that sorts by code point (SQL collation "C") as a dictionary of the language would order the text.

    Own letters in the alphabet's order, then other scripts, Ukrainian and Persian ones in their alphabets' order too;
    case, accents and letter variants are ignored. Chinese sorts by code point, which is by radical and strokes. What is
    beyond 200 characters is left out: an index takes no more.
    """
    places = _PLACES[language(code)]
    kept = digits.latin(text).lower().translate(places.kept)
    return " ".join(kept.split())[:_LONGEST_KEY].translate(places)


@lru_cache(maxsize=8192)
def _words_of(part: str) -> dict[str, None]:
    """The words of one part; remembered, because the same products and places come again and again."""
    return dict.fromkeys([word[:_LONGEST_WORD] for word in _stored_words(part)])


def _stored_words(part: str) -> list[str]:
    if _ONE_FORM.fullmatch(part):
        return _spelled(part)
    plain = digits.latin(part)
    folded = fold(plain)
    spaced = folded if plain.isascii() else fold(_HALF_SPACES.sub(" ", plain))
    # Most parts are plain words and numbers, and then joining and splitting them is the same.
    plainly = spaced == folded and not _JOINERS.search(folded)
    joined = _WORD.findall(folded if plainly else _JOINERS.sub("", folded))
    words: list[str] = []
    for word in joined:
        words += _forms(word)
    if not plainly:
        for word in _WORD.findall(_split(spaced)):
            words += _forms(word)
        for token in folded.split():
            words += _tails(_JOINERS.split(token))
    if len(joined) > 1:
        words += _joined(joined)
    if part.startswith("+") or _PHONE_QUERY.fullmatch(part):
        words += _spelled(phone(part))
    return words


def _spelled(number: str) -> list[str]:
    """What a phone number, in `phone`'s form, is found by: its spellings and their endings."""
    words: list[str] = []
    for spelling in phones.spellings(number):
        words.append(spelling)
        words += _endings(spelling)
    return words


def _split(folded: str) -> str:
    """A text with its codes and addresses split into their parts; an apostrophe does not split a word."""
    return _JOINERS.sub(" ", _APOSTROPHES.sub("", folded))


def _tails(parts: list[str]) -> list[str]:
    """The ends of a code that are numbers, joined as somebody types them: "240117" of NH-24-0117."""
    tails = ["".join(parts[first:]) for first in range(1, len(parts) - 1)]
    # Seven digits are looked for as a phone is, without what may be its trunk prefix: a Persian year's 0 goes with it.
    return [form for tail in tails if tail.isdecimal() for form in dict.fromkeys((tail, tail.lstrip("0")))]


@lru_cache(maxsize=8192)
def _forms(word: str) -> tuple[str, ...]:
    """A word and what else it is found by; remembered, because the same names come again and again."""
    if word.isdigit():
        return (word, *_endings(word))
    if _CJK_RUN.match(word):
        return (word, *_pairs(word), *word)
    if _DIGIT.search(word):
        return (word, *_LETTERS_OR_DIGITS.findall(word))
    if word.startswith(_ARTICLE) and len(word) > len(_ARTICLE) + 1:
        return (word, word.removeprefix(_ARTICLE))
    return (word,)


def _endings(number: str) -> list[str]:
    """The endings of a long number by which people quote it: its last four digits and more."""
    if len(number) < _SHORTEST_PHONE:
        return []
    return [number[-length:] for length in range(_SHORTEST_ENDING, len(number))]


def _joined(words: list[str]) -> Iterator[str]:
    """Neighbours that readers write as one: groups of digits, a word and its number, Chinese split by blanks."""
    run: list[str] = []
    for word in [*words, ""]:
        if word.isdigit():
            run.append(word)
            continue
        if len(run) > 1 and sum(map(len, run)) >= _SHORTEST_PHONE:
            yield "".join(run)
        run = []
    for left, right in pairwise(words):
        if left.isalpha() and right[0].isdigit() and not _CJK_RUN.match(left):
            yield left + right
        elif _CJK_RUN.match(left) and _CJK_RUN.match(right):
            yield left + right
            yield left[-1] + right[0]


def _pairs(run: str) -> Iterator[str]:
    return (left + right for left, right in pairwise(run))


def _bare(text: str) -> str:
    return re.sub(r"\D", "", text)


class _Kept(dict[int, str]):
    """Code point -> itself, where it has a place of its own, else its folded text, worked out at first sight."""

    def __init__(self, own: Iterable[int]) -> None:
        self.update((point, chr(point)) for point in own)

    def __missing__(self, point: int) -> str:
        self[point] = fold(chr(point))
        return self[point]


class _Places(dict[int, str]):
    """Letter -> a character whose code point is its place: blanks and digits, own letters, those of other scripts."""

    def __init__(self, own: str) -> None:
        # Far above the surrogates; a language whose letters Unicode has in order needs no room before the others.
        self._beyond = 0x10000 if own else 0
        for block, letters in ((0x400, _UKRAINIAN), (0x5E0, _ARABIC)):
            self.update((ord(letter), chr(self._beyond + block + place)) for place, letter in enumerate(letters))
        self.update((ord(letter), chr(0x100 + place)) for place, letter in enumerate(own))
        self.update((ord(common), common) for common in " 0123456789")
        self.kept = _Kept(self)

    def __missing__(self, point: int) -> str:
        self[point] = chr(min(point + self._beyond, 0x10FFFF))
        return self[point]


_LONGEST_KEY: Final = 200
_UKRAINIAN: Final = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
_PERSIAN: Final = "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_ARABIC: Final = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنهوی"
_PLACES: Final = {
    "en": _Places(""),
    "ar": _Places(_ARABIC),
    "fa": _Places(_PERSIAN),
    "uk": _Places(_UKRAINIAN),
    "zh-hant": _Places(""),
}
