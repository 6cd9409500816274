"""The timeline's own entry: that a person was erased from it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tartib.journal.kinds import ERASED, EntryKind

ENTRIES = (EntryKind(code=ERASED, label=_("Personal data erased"), icon="user-off"),)
