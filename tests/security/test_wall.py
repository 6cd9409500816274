"""Each shop is in a room of its own, and the wall is the database's: it stands whatever the code above asks for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.test import Client, RequestFactory
from procrastinate.contrib.django import app
from psycopg import sql

from tartib.cases.models import Case
from tartib.project import entrances
from tartib.project.postgres.base import shop_column
from tartib.shops import scope as scopes
from tartib.shops.models import Role
from tartib.shops.scope import scope
from tests.factories import make_order, make_shop
from tests.insider import application
from tests.security import test_every_address
from tests.security.addresses import ADDRESSES, Address, Who, World, by_key, path
from tests.security.test_every_address import FORM, told, visitor, walk

pytestmark = pytest.mark.django_db

NOBODYS = {"shops_user", "shops_session", "shops_limit", "practice_caught"}
"""Tables without a shop: people and their sessions, counts of tries, what the practice catcher caught."""
OF_LIBRARIES = ("auth_", "django_", "procrastinate_", "shops_user_")
POLICY = "({column} = (current_setting('tartib.shop'::text))::bigint)"


@pytest.fixture
def world() -> World:
    """A shop with one of everything."""
    return World()


def tables() -> Iterator[tuple[str, str]]:
    """Every table of shops, and its column that says whose a row is."""
    for model in apps.get_models(include_auto_created=True):
        if column := shop_column(model):
            yield model._meta.db_table, column


def rows(statement: str | sql.Composed, *given: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())


def test_every_table_has_a_policy_that_compares_the_shop_and_holds_for_its_owner_too() -> None:
    """X8: what is in no table of libraries and has no shop is named here, by a person."""
    found = dict(rows("SELECT tablename, qual FROM pg_policies WHERE cmd = 'ALL' AND with_check IS NULL"))
    assert found == {table: POLICY.format(column=column) for table, column in tables()}
    bare = rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND NOT (relrowsecurity AND relforcerowsecurity)"
    )
    ours = {name for (name,) in bare if not name.startswith(OF_LIBRARIES)}
    assert ours == NOBODYS


def test_what_passes_by_the_wall_gives_numbers_alone() -> None:
    """X8: a function with the owner's rights tells whose something is, or finds rows of the shop at hand."""
    found = rows(
        "SELECT proname, prorettype::regtype::text, prosecdef, proconfig FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND prosecdef"
    )
    assert {(kind, *settings) for _name, kind, _definer, settings in found} == {
        ("bigint", "search_path=public, pg_temp")
    }


def test_outside_of_a_scope_asking_is_an_error() -> None:
    """X8: a forgotten entrance is loud, whether the connection has been in a scope before or not."""
    shop = make_shop()
    with application():
        for _time in ("never in a scope", "left one"):
            with pytest.raises((ProgrammingError, DatabaseError)), transaction.atomic():
                Case.objects.count()
            with scope(shop.pk):
                assert Case.objects.count() == 0


def test_in_a_scope_there_is_one_shop_in_every_table(world: World) -> None:
    """X8: nothing of another shop is seen, changed, removed or written, table by table."""
    mine = make_shop()
    filled = 0
    for table, column in tables():
        names = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
        theirs = rows(
            sql.SQL("SELECT t::text FROM {table} AS t WHERE {column} = %s LIMIT 1").format(**names), world.shop.pk
        )
        filled += bool(theirs)
        with scope(mine.pk), connection.cursor() as cursor:
            cursor.execute(sql.SQL("SELECT count(*) FROM {table} WHERE {column} <> %s").format(**names), [mine.pk])
            assert cursor.fetchone()[0] == 0, table
            for row in theirs:
                copy = "INSERT INTO {table} SELECT (%s::{table}).*"
                with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                    cursor.execute(sql.SQL(copy).format(**names), row)
    assert filled > 50


@pytest.mark.parametrize("role", [Role.OWNER, "customer"])
def test_with_the_scope_of_another_shop_no_address_shows_or_changes_anything(
    world: World, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """X8: were the entrance mistaken about whose page it is, each page would be of a shop without its things."""
    mine = make_shop()
    monkeypatch.setattr(entrances, "whose", lambda _request: mine.pk)
    # What a request changes stays until the end of the test, to be seen there.
    monkeypatch.setattr(test_every_address, "ask", asked)
    before = {table: rows_of(table, column, world) for table, column in tables()}
    client = visitor(world.staff[Role.OWNER] if role == Role.OWNER else None)
    for name, _address, method, answer in walk(client, world, only=not_of_nobody):
        assert told(answer, world) == [], f"{method} {name}: {answer.status_code}"
    assert before == {table: rows_of(table, column, world) for table, column in tables()}


def not_of_nobody(address: Address) -> bool:
    """Whether an address is one of a shop."""
    return not by_key(address) and address.who not in (Who.ANYBODY, Who.SIGNED_IN, Who.PRACTICE)


def asked(client: Client, method: str, address: str) -> Any:
    """The answer to a request, whose changes stay."""
    answer: Any = client.generic(method, address, content_type=FORM)
    answer.said = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer


def rows_of(table: str, column: str, world: World) -> list[tuple[Any, ...]]:
    """All that a table holds of the shop."""
    names = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
    return rows(
        sql.SQL("SELECT t::text FROM {table} AS t WHERE {column} = %s ORDER BY 1").format(**names), world.shop.pk
    )


@pytest.mark.django_db(transaction=True)
def test_what_is_asked_outside_of_transactions_is_within_the_scope_too_and_leaves_nothing_behind() -> None:
    """X8: the shop is told for one transaction alone, so whoever has the connection next begins with none."""
    theirs, mine = make_shop("delivery"), make_shop("delivery")
    make_order(theirs)
    make_order(mine)
    with application():
        with scope(mine.pk):
            assert list(Case.objects.values_list("shop", flat=True)) == [mine.pk]
            assert list(Case.objects.order_by("pk").values_list("shop", flat=True).iterator()) == [mine.pk]
        with pytest.raises(DatabaseError):
            Case.objects.count()
    assert rows("SELECT current_setting('tartib.shop', true)") in ([("",)], [(None,)])


def test_every_address_of_a_shop_is_behind_a_door_of_its_own(world: World, rf: RequestFactory) -> None:
    """X8: which shop an address is about is found by the address alone; what names none is nobody's."""
    found = {}
    for name, address in ADDRESSES.items():
        if not by_key(address):
            found[name] = entrances.whose(rf.get(path(name, world)))
    nobodys = {name for name, shop_id in found.items() if shop_id is None}
    assert {name for name in nobodys if not_of_nobody(ADDRESSES[name])} == {"desk:new-password"}
    elsewhere = {name for name, shop_id in found.items() if shop_id not in (None, world.shop.pk)}
    # What the practice gateway is asked to let somebody pay stands behind the address; nobody's account was lost here.
    assert elsewhere == {"practice:gateway", "practice:gateway-look", "portal:take-back"}


def test_a_scope_ends_with_its_block_and_nests(world: World) -> None:
    mine = make_shop()
    with application():
        with scope(mine.pk):
            assert Case.objects.count() == 0
            with scope(world.shop.pk):
                assert Case.objects.count() > 0
            assert Case.objects.count() == 0
            with pytest.raises(ZeroDivisionError), scope(world.shop.pk):
                raise ZeroDivisionError
            assert (Case.objects.count(), scopes.current()) == (0, mine.pk)
        assert scopes.current() is None


def test_what_is_done_by_the_clock_is_done_in_scopes(world: World) -> None:
    """X8: every periodic job works with the rights of the application, where forgetting the scope is an error."""
    periodic = {entry.task.name: entry.task for entry in app.periodic_registry.periodic_tasks.values()}
    assert len(periodic) > 20
    with application():
        for name, task in periodic.items():
            if not task.pass_context:
                with transaction.atomic():
                    task(timestamp=0)
            else:
                assert name == "cases.take_up", "it asks nothing but the queue"


def test_one_shop_that_fails_keeps_no_other_from_its_turn() -> None:
    shops, done = [make_shop(), make_shop(currency="EUR")], []

    def work() -> None:
        done.append(scopes.current())
        raise ValueError(done[-1])

    with pytest.raises(ExceptionGroup) as failed:
        scopes.in_each([shop.pk for shop in shops], work)
    assert done == [shop.pk for shop in shops]
    assert len(list(chain(failed.value.exceptions))) == 2
