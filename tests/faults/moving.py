"""What the fault tests kill: a process that moves cases one by one, each under a key of its own."""

import sys

import django

django.setup()

from django.utils import timezone  # noqa: E402

from tartib.cases.engine import advance  # noqa: E402
from tartib.cases.models import Case  # noqa: E402
from tartib.flow.facts import ByHand  # noqa: E402
from tartib.journal.operations import Actor  # noqa: E402
from tartib.shops.models import Shop  # noqa: E402


def main(slug: str, target: str) -> None:
    """Move every case of the shop, in the order of their ids, whether or not it was moved before."""
    shop = Shop.objects.get(slug=slug)
    print("ready", flush=True)
    for case_id in Case.objects.filter(shop=shop).order_by("pk").values_list("pk", flat=True):
        wish = ByHand(target, "owner")
        advance(shop, [case_id], wish, Actor("staff", "Olive Owner"), now=timezone.now(), key=f"{target}:{case_id}")


main(*sys.argv[1:])
