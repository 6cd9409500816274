"""What the proof finds, in words that say what is wrong and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written.

    `code` is the key of its words in `__str__`; `more` what these say besides shop, case and entry. `case_id` and `seq`
    are None where it is about none.
    """

    shop: str
    code: str
    case_id: int | None = None
    seq: int | None = None
    more: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        place = {"shop": self.shop, "case": self.case_id, "seq": self.seq, **self.more}
        return _words()[self.code] % place


def _words() -> Mapping[str, str]:
    return {
        # The chain in itself.
        "altered": _("%(shop)s: entry %(seq)s of case %(case)s was altered."),
        "removed": _("%(shop)s: entry %(seq)s of case %(case)s was removed."),
        "silenced": _("%(shop)s: the words of entry %(seq)s of case %(case)s are gone, and nobody erased them."),
        "cut": _("%(shop)s: the timeline of case %(case)s was cut off; entry %(seq)s and later ones are missing."),
        "case-removed": _("%(shop)s: the timeline of the case with register number %(seq)s was removed."),
        # What is kept beside it.
        "unlike": _("%(shop)s: %(what)s of case %(case)s is “%(found)s”, and its timeline says “%(told)s”."),
        "case-gone": _("%(shop)s: case %(case)s is gone, and its timeline does not say that it was deleted."),
        "case-back": _("%(shop)s: case %(case)s is there, and its timeline says that it was deleted."),
        "no-timeline": _("%(shop)s: case %(case)s has no timeline."),
        "ledger-unlike": _(
            "%(shop)s: %(what)s of %(subject)s stands at %(found)s, and its movements come to %(told)s."
        ),
        # Against anchors.
        "rewritten": _(
            "%(shop)s: the timeline of case %(case)s was written anew: an entry from %(first)s to %(seq)s is not what"
            " it was at anchor %(anchor)s of %(at)s. Then: %(then)s."
        ),
        "cut-back": _(
            "%(shop)s: the timeline of case %(case)s was cut back to %(left)s entries; at anchor %(anchor)s of %(at)s"
            " it had %(seq)s. Then: %(then)s."
        ),
        "timeline-gone": _(
            "%(shop)s: case %(case)s and its timeline were removed; at anchor %(anchor)s of %(at)s it had %(seq)s"
            " entries. Then: %(then)s."
        ),
        "ledger-rewritten": _(
            "%(shop)s: %(what)s of %(subject)s: movements are not what they were at anchor %(anchor)s of %(at)s. Then:"
            " %(then)s."
        ),
        "shop-gone": _(
            "%(shop)s: the shop was removed; at anchor %(anchor)s of %(at)s it had %(timelines)s timelines."
        ),
        # The anchors themselves.
        "no-anchor": _("%(file)s is no anchor, or a damaged one."),
        "not-genuine": _("%(file)s was not signed by a key of this installation, or was altered since."),
        "rows-altered": _("%(file)s: its rows are not those that were signed."),
        "two-anchors": _("%(shop)s: two anchors have the number %(anchor)s and differ: %(file)s and %(other)s."),
        "anchors-missing": _("%(shop)s: anchors %(first)s to %(last)s are missing."),
        "rows-missing": _("%(shop)s: of anchor %(anchor)s there is only the signed statement: %(file)s."),
        "out-of-order": _("%(shop)s: anchor %(anchor)s does not follow the anchor before it: %(file)s."),
        "left-out": _("%(shop)s: anchor %(anchor)s of %(at)s leaves out something that had changed."),
    }
