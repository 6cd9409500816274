"""Looking for the beginnings of words in a stored search text (see `speech.normal`), in two ways with one meaning.

`search__words` asks an index of all words, which is quick however many rows there are if few have the words;
`search__contains=" term"` reads the text of the rows it is shown, which is quick if few rows are shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.postgres.indexes import GinIndex
from django.db.models import F, Func, Lookup, Model, Q, QuerySet, TextField
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)

if TYPE_CHECKING:
    AnyLookup = Lookup[Any]
    AnyText = TextField[str, str]
else:
    # Django's classes take type parameters only in the eyes of the type checker.
    AnyLookup, AnyText = Lookup, TextField

# Letters and digits of any script; surely nothing that could end a quotation.
_TERM = re.compile(r"[^\s\x00-\x2f:-@\[-`{-\x7f]+")
_WORDS = "array_to_tsvector(string_to_array(btrim(%s), ' '))"


class SearchField(AnyText):
    """A text made by `speech.normal.search_text`."""


@SearchField.register_lookup
class HasWords(AnyLookup):
    """`search__words=[term, …]`: for each term a word begins with it; served by `words_index`."""

    lookup_name = "words"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The words as a vector, matched against the terms as prefixes. Terms are letters and digits only.

        They stand in the statement itself: as a parameter the server would soon plan without looking at them, and how
        frequent they are decides which plan is quick.
        """
        left, params = self.process_lhs(compiler, connection)
        if not all(map(_TERM.fullmatch, self.rhs)):
            raise ValueError(f"not terms: {self.rhs!r}")
        wanted = " & ".join(f"''{term}'':*" for term in self.rhs)
        return f"{_WORDS % left} @@ '{wanted}'::tsquery", tuple(params)


def words_index(name: str, condition: Q | None = None) -> GinIndex:
    """The index behind `search__words`."""
    return GinIndex(Func(F("search"), template=_WORDS % "%(expressions)s"), name=name, condition=condition)


def reading(rows: QuerySet[M], terms: Sequence[str]) -> QuerySet[M]:
    """Those of `rows` that have all terms, found by reading them."""
    for term in terms:
        rows = rows.filter(search__contains=f" {term}")
    return rows
