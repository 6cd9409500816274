"""What the fault tests kill: a process in which something happens to every case of a shop, and an anchor is taken."""

import sys
from datetime import timedelta

from django.utils import timezone

from tartib.cases.models import Case
from tartib.cases.timeline import NOTE
from tartib.journal.anchors import files, statements
from tartib.journal.anchors.taking import take
from tartib.journal.operations import SYSTEM, NewEntry, write
from tartib.shops.models import Shop
from tartib.shops.scope import NOBODYS, scope, shop_of


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


with scope(shop_of("slug", sys.argv[1]) or NOBODYS):
    main(*sys.argv[1:])
