"""Owners get the newest anchor of their shop by e-mail: once, in their language, with nothing of a person in it."""

from pathlib import Path

import pytest
from pytest_django import Settings

from tartib.journal.anchors import files, keys, statements
from tartib.journal.anchors.taking import take
from tartib.notify.anchors import shops_to_write_to, write_to_owners
from tartib.notify.models import Message
from tartib.notify.rendering import render_all
from tartib.shops.models import Role
from tests.factories import NOW, make_orders, make_shop, make_staff

pytestmark = pytest.mark.django_db


def test_each_owner_gets_the_newest_anchor_once(settings: Settings, tmp_path: Path) -> None:
    settings.DATA, settings.TARTIB_ANCHOR_KEY = tmp_path, tmp_path / "anchor-key"
    shop = make_shop()
    make_staff(shop)
    for number, language in enumerate(("ar", "fa", "uk", "zh-hant")):
        owner = make_staff(shop, Role.OWNER, f"Owner {number}")
        owner.language = language
        owner.save()
    (case,) = make_orders(shop)
    said = take(shop, now=NOW)
    assert said is not None
    assert list(shops_to_write_to()) == [shop.pk]
    assert write_to_owners(shop, now=NOW) == 5
    assert write_to_owners(shop, now=NOW) == 0
    assert list(shops_to_write_to()) == []
    letters = list(Message.objects.filter(shop=shop, kind="anchor").select_related("shop", "case", "customer"))
    rendered = render_all(letters)
    assert len({letter.subject for letter in rendered.values()}) == 5
    letter = tmp_path / "letter.txt"
    for made in rendered.values():
        letter.write_text(made.text)
        assert statements.read(files.token_of(letter), keys.known()) == said
        assert shop.name in made.subject
        assert case.code not in made.text
        assert case.customer is not None
        assert case.customer.name not in made.text


def test_an_anchor_whose_file_is_gone_is_not_told_of(settings: Settings, tmp_path: Path) -> None:
    settings.DATA, settings.TARTIB_ANCHOR_KEY = tmp_path, tmp_path / "anchor-key"
    shop = make_shop()
    make_orders(shop)
    take(shop, now=NOW)
    files.place_of(shop.pk, 1).unlink()
    assert write_to_owners(shop, now=NOW) == 0
