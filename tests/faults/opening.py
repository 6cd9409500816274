"""Opens a shop and another on a running Tartib: prints the key for programs of the first, and of each its name in
addresses and its owner's e-mail address."""

import sys

from tartib.api.keys import SCOPES
from tartib.shops.operations import issue_key
from tests.factories import make_shop


def main() -> None:
    """Open them as tests do."""
    shops = [make_shop(languages=["en", "fa"]), make_shop()]
    _record, key = issue_key(shops[0], "Load", list(SCOPES))
    owners = [(shop.slug, shop.memberships.get().user.email) for shop in shops]
    sys.stdout.write(" ".join([key, *owners[0], *owners[1]]))


main()
