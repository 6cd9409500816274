"""Tables of small forms, a row each for something that is kept: two people who edit one table lose nothing either.

Every row says which one of those kept it shows, and is put together like any form (`kept`). Rows that others added
meanwhile stay; one that they removed is gone where this person left it alone, and is asked about where not; and so is
one that this person removes while they changed it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from tartib.shops.models import Shop
from tartib.web.forms import number_of
from tartib.web.kept import Kept, kept_in, said_in

SPARE, MOST = 3, 60


class Numbered(Protocol):
    """What a row is of: it has the number under which it is kept, None where it is new."""

    @property
    def row(self) -> int | None:
        """The number."""


V = TypeVar("V", bound=Numbered)


class KeptRow(Kept, Generic[V]):
    """One row. Where the field called `counts` is empty the row is none: so one is removed."""

    row = forms.IntegerField(required=False, widget=forms.HiddenInput)
    counts: ClassVar[str]
    removed_meanwhile = False

    def __init__(self, *given: Any, shop: Shop, **options: Any) -> None:
        super().__init__(*given, **options)
        self.shop = shop

    @staticmethod
    def shown(value: Any) -> Mapping[str, Any]:
        """What the fields of a row show of a value, but for its number."""
        raise NotImplementedError

    def value(self) -> V:
        """What a valid row says."""
        raise NotImplementedError

    @property
    def is_none(self) -> bool:
        """Whether somebody left the row empty."""
        return not str(self[self.counts].data or "").strip()

    def full_clean(self) -> None:
        """Ask about a row of which others know more than this person saw."""
        super().full_clean()
        if not self.is_bound:
            return
        if self.removed_meanwhile:
            said = _("Somebody else removed this row meanwhile. Save again to add it anew, or empty this field.")
            self.add_error(self.counts, ValidationError(said))
        elif self.is_none and self.taken:
            theirs = ", ".join(f"{self[name].label}: {said_in(self[name], kept_in(self[name]))}" for name in self.taken)
            said = _("Somebody else changed this row meanwhile (%(theirs)s). Save again to remove it nevertheless.")
            self.add_error(self.counts, ValidationError(said % {"theirs": theirs}))


R = TypeVar("R", bound=KeptRow[Any])


class KeptRows(Generic[R, V]):
    """The table: a row for each of `known`, or those that were `posted` and those others added; with spare ones."""

    def __init__(self, form: type[R], known: Sequence[V], posted: QueryDict | None, *, shop: Shop) -> None:
        self._form, self._shop = form, shop
        self._unseen = {value.row: value for value in known}
        self.rows: list[R] = []
        if posted is not None:
            self._take(posted)
        for value in self._unseen.values():
            self._add({"row": value.row, **form.shown(value)})
        if posted is None or "more" in posted:
            for _spare in range(min(SPARE, max(0, MOST - len(self.rows)))):
                self._add({})

    def is_valid(self) -> bool:
        """Whether every row that was sent is right; each is looked at."""
        sent = [row.is_valid() for row in self.rows if row.is_bound]
        return all(sent)

    def values(self) -> list[V]:
        """What there is from now on, each thing once; of a valid table."""
        said = [row.value() for row in self.rows if row.is_bound and not row.is_none]
        return list(dict.fromkeys([*self._unseen.values(), *said]))

    def _take(self, posted: QueryDict) -> None:
        """The rows as they were sent. One that others removed and this person left alone is an empty one."""
        for place in range(min(number_of(posted.get("rows", "")) or 0, MOST)):
            prefix = f"row{place}"
            number = number_of(posted.get(f"{prefix}-row", ""))
            value = self._unseen.pop(number, None) if number is not None else None
            initial = {"row": number, **self._form.shown(value)} if value is not None else {}
            row = self._form(posted, prefix=prefix, initial=initial, shop=self._shop)
            if number is not None and value is None:
                if row.is_none or row.left_alone():
                    self._add({})
                    continue
                # What this person sees of it is all there is left of it: it is one that they would add.
                row.data = posted.copy()
                row.data[f"{prefix}-row"] = row.data[row.carried_name] = ""
                row.removed_meanwhile = True
            self.rows.append(row)

    def _add(self, initial: Mapping[str, Any]) -> None:
        self.rows.append(self._form(prefix=f"row{len(self.rows)}", initial=dict(initial), shop=self._shop))
