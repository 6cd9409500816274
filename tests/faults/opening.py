"""Opens a shop on a running Tartib, with a key for programs: prints its name in addresses, and the key."""

import sys

import django

django.setup()

from tartib.api.keys import SCOPES  # noqa: E402
from tartib.shops.operations import issue_key  # noqa: E402
from tests.factories import make_shop  # noqa: E402


def main() -> None:
    """Open it as tests do."""
    shop = make_shop(languages=["en", "fa"])
    _record, key = issue_key(shop, "Load", list(SCOPES))
    sys.stdout.write(f"{shop.slug} {key}\n")


main()
