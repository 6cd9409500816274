"""What somebody may have meant by words that find nothing: other forms of them, or other spellings."""

from __future__ import annotations

from difflib import get_close_matches

from django.db.models import QuerySet

from tartib.catalog.window import Listing
from tartib.l10n import normal

_BEGINNING = 2
_READ = 400
_LIKENESS = 0.75
# Two forms of one word begin alike and differ in no more than their endings: scarf, scarves; сорочка, сорочок.
_STEM = 4
_ENDING = 3
# The article and what is written together with it, the longer first; an ending that Persian writes apart.
_ARTICLES = ("وال", "بال", "ال", "لل")
_APART = {"ها", "های", "هایی"}


def meant(shown: QuerySet[Listing], text: str) -> str:
    """The same words with each that is nowhere in the shop replaced by the most alike that is; "" where none is.

    Two words that the shop writes as one are one. Only words with the same beginning are compared, so the search's
    index does most of the work.
    """
    terms = normal.search_terms(text)
    for at in range(1, len(terms)):
        joined = [*terms[: at - 1], terms[at - 1] + terms[at], *terms[at + 1 :]]
        if shown.filter(search__words=joined).exists():
            return " ".join(joined)
    words = [term for term in terms if term not in _APART]
    found = [there for term in words if (there := _there(shown, term))]
    return " ".join(found) if found and found != terms else ""


def _there(shown: QuerySet[Listing], term: str) -> str:
    """The term where the shop has it, or else the word of the shop that is most like it."""
    bare = next((term.removeprefix(one) for one in _ARTICLES if term.startswith(one) and len(term) > len(one) + 2), "")
    for form in filter(None, (term, bare)):
        if shown.filter(search__words=[form]).exists():
            return form
        words = _words_like(shown, form)
        forms = [word for word in words if _one_word(form, word)]
        if alike := get_close_matches(form, words, 1, _LIKENESS) or sorted(forms, key=len):
            return alike[0]
    return ""


def _one_word(one: str, other: str) -> bool:
    stem = max(_STEM, max(len(one), len(other)) - _ENDING)
    return one[:stem] == other[:stem]


def _words_like(shown: QuerySet[Listing], term: str) -> list[str]:
    """Words of the shop that begin like the term."""
    beginning = term[:_BEGINNING]
    texts = shown.filter(search__words=[beginning]).values_list("search", flat=True)[:_READ]
    return sorted({word for text in texts for word in text.split() if word.startswith(beginning)})
