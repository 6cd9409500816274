"""What the fault tests kill: a process that moves cases one by one, each under a key of its own."""

import sys

from django.utils import timezone

from tartib.cases.engine import advance
from tartib.cases.models import Case
from tartib.flow.facts import ByHand
from tartib.journal.operations import Actor
from tartib.shops.models import Shop
from tartib.shops.scope import NOBODYS, scope, shop_of


def main(slug: str, target: str) -> None:
    """Move every case of the shop, in the order of their ids, whether or not it was moved before."""
    shop = Shop.objects.get(slug=slug)
    print("ready", flush=True)
    for case_id in Case.objects.filter(shop=shop).order_by("pk").values_list("pk", flat=True):
        wish = ByHand(target, "owner")
        advance(shop, [case_id], wish, Actor("staff", "Olive Owner"), now=timezone.now(), key=f"{target}:{case_id}")


with scope(shop_of("slug", sys.argv[1]) or NOBODYS):
    main(*sys.argv[1:])
