"""Looking for the beginnings of words in a stored search text (see `l10n.normal`), in two ways with one meaning.

`search__words` asks an index of all words, which is quick however many rows there are if few have the words;
`search__contains=" term"` reads the text of the rows it is shown, which is quick if few rows are shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.postgres.indexes import GinIndex
from django.db.models import BooleanField, F, Func, Lookup, Model, Q, QuerySet, TextField
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
    """A text made by `l10n.normal.search_text`."""


@SearchField.register_lookup
class HasWords(AnyLookup):
    """`search__words=[term, …]`: for each term a word begins with it; served by `words_index`."""

    lookup_name = "words"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, _connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Ask the function that uses the index (`shops.definers.finder`). Terms are letters and digits only."""
        table = self.lhs.target.model._meta.db_table
        key = f"{compiler.quote_name_unless_alias(self.lhs.alias)}.id"
        return f"{key} IN (SELECT {table}_having({_wanted(self.rhs)}))", ()


def _of_shop() -> Func:
    """The words of a row as a vector, each with the id of its shop before it: other shops do not make it slower."""
    mark = "%(expressions)s::text || ':'"
    # Keyword arguments stand by the alphabet, as in migrations: Django takes another order for another index.
    rest = Func(
        Func(F("search"), function="btrim"), Func(F("shop"), template=f"' ' || {mark}"), arg_joiner=", ' ', ",
        function="replace",
    )  # fmt: skip
    return Func(
        Func(F("shop"), template=mark), rest, arg_joiner=" || ",
        template="array_to_tsvector(string_to_array(%(expressions)s, ' '))",
    )  # fmt: skip


def words_index(name: str) -> GinIndex:
    """The index behind `search__words`."""
    return GinIndex(Func(F("search"), template=_WORDS % "%(expressions)s"), name=name)


def shop_words_index(name: str, condition: Q) -> GinIndex:
    """The index behind `having_in_shop`, of the rows that meet `condition`: twice as large, and of each shop apart."""
    return GinIndex(_of_shop(), name=name, condition=condition)


def having_in_shop(rows: QuerySet[M], shop_id: int, terms: Sequence[str]) -> QuerySet[M]:
    """Those of `rows`, all of that shop, where for each term a word begins with it; by `shop_words_index`."""
    function = f"{rows.model._meta.db_table}_open_having({_wanted(terms, f'{shop_id}:')})"
    return rows.filter(Func(F("pk"), template=f"%(expressions)s IN (SELECT {function})", output_field=BooleanField()))


def _wanted(terms: Sequence[str], before: str = "") -> str:
    """The terms as prefixes, in SQL's quotes; `before` stands before each of them."""
    if not all(map(_TERM.fullmatch, terms)):
        raise ValueError(f"not terms: {terms!r}")
    return "'" + " & ".join(f"''{before}{term}'':*" for term in terms) + "'::tsquery"


def reading(rows: QuerySet[M], terms: Sequence[str]) -> QuerySet[M]:
    """Those of `rows` that have all terms, found by reading them."""
    for term in terms:
        rows = rows.filter(search__contains=f" {term}")
    return rows
