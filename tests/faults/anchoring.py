"""What the fault tests kill: a process in which something happens to every case of a shop, and an anchor is taken."""

import sys
from datetime import timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402

from tartib.cases.models import Case  # noqa: E402
from tartib.cases.timeline import NOTE  # noqa: E402
from tartib.journal.anchors import files, statements  # noqa: E402
from tartib.journal.anchors.taking import take  # noqa: E402
from tartib.journal.operations import SYSTEM, NewEntry, write  # noqa: E402
from tartib.shops.models import Shop  # noqa: E402


def main(slug: str, times: str) -> None:
    """Have so many anchors taken, each an hour after the last one that is there."""
    shop = Shop.objects.get(slug=slug)
    cases = list(Case.objects.filter(shop=shop).order_by("pk").values_list("pk", flat=True))
    print("ready", flush=True)
    for _time in range(int(times)):
        last = files.newest(shop.pk)
        now = statements.unverified(files.token_of(last)).moment if last else timezone.now()
        write(shop.pk, [NewEntry(case_id, NOTE, {"text": "x"}) for case_id in cases], SYSTEM, now)
        take(shop, now=now + timedelta(hours=1))


main(*sys.argv[1:])
