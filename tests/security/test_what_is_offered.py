"""Nobody is offered a page or an act that their role may not open: no link, form or part of any page of the desk."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from tartib.cases.models import WorkflowVersion
from tartib.shops.access import ALLOWED, May
from tartib.shops.models import Role
from tests.factories import make_shop, make_staff
from tests.security.addresses import ADDRESSES, Who, World, path

pytestmark = pytest.mark.django_db

OFFERED = re.compile(
    r"""\s(?:href|action|formaction|hx-get|hx-post|data-(?:url|sums|products|customers|to))="([^"]+)\""""
)
STAFF = [name for name, address in ADDRESSES.items() if name.startswith("desk:") and "GET" in address.methods]


def may_open(role: str, name: str) -> bool:
    """Whether that role may open the address of that name."""
    who = ADDRESSES[name].who
    return who in ALLOWED[role] if isinstance(who, May) else True


def offered(page: str, at: str) -> set[str]:
    """The names of the addresses at which a page offers something."""
    found = set()
    for link in OFFERED.findall(page):
        try:
            found.add(resolve(urlsplit(urljoin(at, unescape(link))).path).view_name)
        except Resolver404:
            continue
    return found & ADDRESSES.keys()


def problems(client: Client, role: str, addresses: dict[str, str]) -> list[str]:
    """What the pages at these addresses offer that the role may not open."""
    found = []
    for name, at in addresses.items():
        if may_open(role, name):
            answer = client.get(at)
            if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
                page = answer.content.decode()
                found += [f"{name} offers {one}" for one in offered(page, at) if not may_open(role, one)]
    return found


def test_no_page_of_the_desk_offers_what_the_role_may_not_open() -> None:
    """X4: what one may not open is not there to be tried; in a shop with one of everything, and in one with nothing.

    Owners may open all there is.
    """
    world, nothing = World(), make_shop()
    WorkflowVersion.objects.filter(shop=nothing).delete()
    bare = [name for name in STAFF if not ADDRESSES[name].things and ADDRESSES[name].who != Who.SIGNED_IN]
    for role in (Role.TECHNICIAN, Role.EXPERT, Role.MANAGER):
        for shop, names in ((world.shop, STAFF), (nothing, bare)):
            client = Client()
            client.force_login(make_staff(shop, role))
            assert problems(client, role, {name: path(name, world, shop.slug) for name in names}) == [], role
