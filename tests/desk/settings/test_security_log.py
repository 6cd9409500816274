"""The security log of a shop: what stands in it, who reads it, and that nobody alters it (requirement X6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tartib.desk import jobs
from tartib.payments import accounts
from tartib.shops import security
from tartib.shops.models import ApiKey, Role, SecurityEntry, SecurityEvent, Shop
from tartib.shops.operations import end_expired_keys, issue_key
from tartib.shops.security import Origin
from tests.factories import NOW, PASSWORD, make_order, make_shop, make_staff

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def log(shop: Shop) -> list[str]:
    """What stands in the shop's log, the oldest first."""
    return list(SecurityEntry.objects.filter(shop=shop).order_by("pk").values_list("event", flat=True))


def url(shop: Shop) -> str:
    """The page."""
    return f"/desk/{shop.slug}/security/"


def test_what_owners_do_is_written_down(owner: Client, shop: Shop) -> None:
    """Who did it, from where, and whom it is about; no secret, and no address of who never came."""
    member = make_staff(shop, Role.EXPERT, "Mila").memberships.get()
    before = len(log(shop))
    base = f"/desk/{shop.slug}/"
    owner.defaults |= {"REMOTE_ADDR": "2001:db8:1:2::9", "HTTP_USER_AGENT": FIREFOX}
    owner.post(f"{base}settings/staff/{member.pk}/", {f"m{member.pk}-role": Role.MANAGER})
    owner.post(f"{base}settings/staff/add/", {"email": "new@example.com", "name": "N", "role": "expert"})
    owner.post(f"{base}settings/keys/", {"name": "Web site", "scopes": ["orders:read"]})
    owner.post(f"{base}settings/keys/{ApiKey.objects.get().pk}/revoke/")
    owner.post(f"{base}papers.csv")
    owner.post(f"{base}sms.csv")
    owner.post(f"{base}settings/payments/new/bank/", {"key_holder": "S", "key_bank": "B", "key_number": "UA1"})
    owner.post(f"{base}settings/staff/{member.pk}/end/", {"successor": shop.default_owner_id})
    written = list(SecurityEntry.objects.filter(shop=shop).order_by("pk"))[before:]
    assert [one.event for one in written if one.event != "export"] == [
        "role", "invited", "key-made", "key-ended", "money", "left",
    ]  # fmt: skip
    assert {(one.name, one.address, one.device) for one in written} == {
        ("Erin", "2001:db8:1:2::/64", "Firefox · Linux")
    }
    assert written[0].facts == {"who": "Mila", "was": "expert", "role": "manager"}
    assert written[1].facts["email"] == "n•••@example.com"
    page = owner.get(url(shop)).content.decode()
    for shown in ("Expert → Manager", "n•••@example.com", "Web site (tt_", "table of documents", "2001:db8:1:2::/64"):
        assert shown in page
    assert "UA1" not in page
    assert "UA1" not in str([one.facts for one in written])


def test_what_was_exported_is_written_down(owner: Client, shop: Shop) -> None:
    customer = make_order(shop).customer
    assert customer is not None
    owner.post(f"/desk/{shop.slug}/customers/{customer.pk}/download/")
    entry = SecurityEntry.objects.get(shop=shop, event=SecurityEvent.EXPORT)
    assert entry.facts == {"what": "person", "of": f"#{customer.pk}"}
    assert customer.name not in owner.get(url(shop)).content.decode()


def test_sign_ins_stand_in_the_log_of_every_shop_one_works_in(shop: Shop) -> None:
    user, other = make_staff(shop, name="Mila"), make_shop()
    for password in ("wrong", PASSWORD):
        Client().post("/sign-in/", {"email": user.email, "password": password}, REMOTE_ADDR="203.0.113.9")
    Client().post("/sign-in/", {"email": "nobody@example.com", "password": "wrong"})
    assert log(shop)[-2:] == ["sign-in-failed", "signed-in"]
    last = SecurityEntry.objects.filter(shop=shop).latest("pk")
    assert (last.name, last.user_id, last.address) == ("Mila", user.pk, "203.0.113.9")
    assert "signed-in" not in log(other)


def test_secrets_of_gateways_stay_out_of_the_log(shop: Shop) -> None:
    account = accounts.add(shop, "bank", {"holder": "S", "bank": "B", "number": "UA1"}, now=NOW)
    given: dict[str, Any] = {"names": {"en": "Bank"}, "live": account.live, "active": True}
    accounts.change(account, {"holder": "S", "bank": "B", "number": "UA2"}, **given)
    accounts.change(account, {"holder": "S", "bank": "B", "number": "UA2"}, **given)
    facts = [one.facts for one in SecurityEntry.objects.filter(shop=shop, event=SecurityEvent.MONEY).order_by("pk")]
    assert len(facts) == 2
    assert "number" in facts[1]["changed"]
    assert "UA" not in str(facts)


def test_it_is_for_owners_and_managers(sign_in: Any, shop: Shop) -> None:
    for role, status in ((Role.TECHNICIAN, 403), (Role.EXPERT, 403), (Role.MANAGER, 200), (Role.OWNER, 200)):
        assert sign_in(role).get(url(shop)).status_code == status
    assert sign_in(Role.OWNER).get(url(make_shop())).status_code == 404


def test_it_is_filtered_and_turned_over_without_more_questions(owner: Client, shop: Shop) -> None:
    def ask(query: str = "") -> tuple[str, int]:
        with CaptureQueriesContext(connection) as queries:
            page = owner.get(url(shop) + query).content.decode()
        return page, len(queries)

    ask()
    _page, once = ask("?kind=keys")
    mila = make_staff(shop, Role.MANAGER, "Mila")
    for number in range(security.PAGE + 3):
        security.record(shop, SecurityEvent.KEY_MADE, Origin("Mila", mila.pk), key=f"key {number:03}")
    page, many = ask("?kind=keys")
    assert many <= once + 1
    assert "key 052" in page
    assert "key 002" not in page
    assert "key 002" in ask("?kind=keys&page=2")[0]
    assert "Nothing of this kind" in ask("?kind=money")[0]
    assert "key 052" in ask(f"?who={mila.pk}")[0]
    assert "key 052" not in ask(f"?who={shop.default_owner_id}")[0]
    for query in ("?kind=zz&who=x&page=999", "?who=99999999999999999999", "?page=-1"):
        assert owner.get(url(shop) + query).status_code == 200


def test_nobody_alters_it_and_only_what_is_old_goes(shop: Shop) -> None:
    """As the timeline: the database refuses, whoever asks."""
    security.record(shop, SecurityEvent.EXPORT, security.TARTIB, what="papers")
    table = SecurityEntry.objects.filter(shop=shop)
    for act in (lambda: table.update(name="Nobody"), table.delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute("TRUNCATE shops_securityentry")
    now = timezone.now()
    SecurityEntry.objects.create(shop=shop, at=now - security.KEPT - timedelta(days=1), event="export", name="Old")
    assert security.forget(now) == 1
    assert table.exists()


def test_a_key_ends_by_itself_and_its_owners_are_warned(owner: Client, shop: Shop) -> None:
    """It is refused from that moment on; two weeks before each owner is told once, in the list it stands out."""
    now = timezone.now()
    key, secret = issue_key(shop, "Warehouse", ["orders:read"], expires_at=now + timedelta(days=10))
    headers = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/orders", headers=headers).status_code == 200
    page = owner.get(f"/desk/{shop.slug}/settings/keys/").content.decode()
    assert "ends soon" in page
    assert "last used" in page
    for _time in range(2):
        jobs.warn_of_keys(0)
    from procrastinate.contrib.django.models import ProcrastinateJob

    waiting = [job.args for job in ProcrastinateJob.objects.filter(task_name="desk.send_key_warning")]
    assert len(waiting) == 2
    jobs.send_key_warning(**waiting[0])
    assert "Warehouse" in mail.outbox[0].body
    ApiKey.objects.filter(pk=key.pk).update(expires_at=now - timedelta(seconds=1))
    assert Client().get("/api/v1/orders", headers=headers).status_code == 401
    assert end_expired_keys(now) == 1
    assert end_expired_keys(now) == 0
    assert log(shop)[-1] == "key-expired"
    jobs.send_key_warning(**waiting[1])
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(("lasts", "days"), [("30", 30), ("365", 365), ("", 365), ("never", None)])
def test_how_long_a_key_works_is_chosen(owner: Client, shop: Shop, lasts: str, days: int | None) -> None:
    given = {"name": "Web site", "scopes": ["orders:read"], "lasts": lasts}
    assert owner.post(f"/desk/{shop.slug}/settings/keys/", given).status_code == 200
    ends = ApiKey.objects.get().expires_at
    assert ((ends - timezone.now()).days + 1 if ends else None) == days
