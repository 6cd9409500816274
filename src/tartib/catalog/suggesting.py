"""What somebody may have meant by words that find nothing."""

from __future__ import annotations

from difflib import get_close_matches

from django.db.models import QuerySet

from tartib.catalog.window import Listing
from tartib.l10n import normal

_BEGINNING = 2
_READ = 400
_LIKENESS = 0.75


def meant(shown: QuerySet[Listing], text: str) -> str:
    """The same words with each that is nowhere in the shop replaced by the most alike that is; "" where none is.

    Only words with the same beginning are compared, so the search's index does most of the work.
    """
    terms = normal.search_terms(text)
    found: list[str] = []
    for term in terms:
        if shown.filter(search__words=[term]).exists():
            found.append(term)
            continue
        alike = get_close_matches(term, _words_like(shown, term), 1, _LIKENESS)
        if not alike:
            continue
        found += alike
    return " ".join(found) if found and found != terms else ""


def _words_like(shown: QuerySet[Listing], term: str) -> list[str]:
    """Words of the shop that begin like the term."""
    beginning = term[:_BEGINNING]
    texts = shown.filter(search__words=[beginning]).values_list("search", flat=True)[:_READ]
    return sorted({word for text in texts for word in text.split() if word.startswith(beginning)})
