"""Nobody becomes staff of a shop unasked (requirement X6)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tartib.desk import jobs
from tartib.desk.settings import inviting
from tartib.shops import invitations
from tartib.shops.access import membership
from tartib.shops.jobs import end_what_is_over
from tartib.shops.models import Invitation, InvitationState, Membership, Role, Shop, User
from tartib.shops.security import TARTIB
from tests.factories import PASSWORD, make_shop, make_staff, make_user
from tests.threads import at_once

pytestmark = pytest.mark.django_db

NEWCOMER = {"name": "Nadiia", "password": "another good sentence", "answer": "yes"}


def invite(owner: Client, shop: Shop, email: str, role: str = Role.EXPERT, name: str = "Somebody") -> Any:
    """Ask somebody, as an owner does."""
    given = {"email": email, "name": name, "role": role}
    return owner.post(f"/desk/{shop.slug}/settings/staff/add/", given, follow=True)


def link() -> str:
    """The link of the last letter."""
    found = re.search(r"http://localhost:8000(/invitation/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def owner_of(shop: Shop) -> Client:
    """The browser of an owner of that shop."""
    client = Client()
    client.force_login(make_staff(shop, Role.OWNER, "Attacker"))
    return client


def works(email: str, shop: Shop) -> bool:
    """Whether somebody with that address has a place in the shop."""
    return Membership.objects.filter(shop=shop, user__email=email, active=True).exists()


def test_who_is_new_is_invited_and_comes_in(owner: Client, shop: Shop) -> None:
    """Only the letter holds the link, it works once, and before it is followed there is no account."""
    page = invite(owner, shop, "New@Example.com", Role.MANAGER).content.decode()
    assert mail.outbox[0].to == ["new@example.com"]
    assert shop.name in mail.outbox[0].subject
    assert link() not in page
    assert "new@example.com" in page
    assert not User.objects.filter(email="new@example.com").exists()
    person = Client()
    assert "Manager" in person.get(link()).content.decode()
    assert person.post(link(), NEWCOMER | {"password": "short"}).status_code == 422
    assert not User.objects.filter(email="new@example.com").exists()
    assert person.post(link(), NEWCOMER)["Location"] == f"/desk/{shop.slug}/"
    assert person.get(f"/desk/{shop.slug}/review/").status_code == 200
    assert Membership.objects.get(user__email="new@example.com").role == Role.MANAGER
    assert Client().get(link()).status_code == 404
    assert Client().post(link(), NEWCOMER).status_code == 404
    assert Client().login(username="new@example.com", password=NEWCOMER["password"])


def test_who_has_an_account_accepts_by_signing_in(owner: Client, shop: Shop) -> None:
    known = make_staff(make_shop(), name="Known")
    invite(owner, shop, known.email)
    assert not works(known.email, shop)
    person = Client()
    assert f"/sign-in/?next={link()}" in person.get(link()).content.decode()
    assert person.post(link(), NEWCOMER).status_code == 200
    assert not works(known.email, shop)
    person.post("/sign-in/", {"email": known.email, "password": PASSWORD})
    assert "Accept" in person.get(link()).content.decode()
    assert person.post(link(), {"answer": "yes"})["Location"] == f"/desk/{shop.slug}/"
    known.refresh_from_db()
    assert works(known.email, shop)
    assert (known.name, known.check_password(PASSWORD)) == ("Known", True)


def test_another_account_cannot_accept(owner: Client, shop: Shop) -> None:
    known, other = make_user("Known"), make_user("Other")
    invite(owner, shop, known.email)
    person = Client()
    person.force_login(other)
    assert "signed in with another" in person.get(link()).content.decode()
    person.post(link(), {"answer": "yes"} | NEWCOMER)
    assert not Membership.objects.filter(user__in=[known, other]).exists()


def test_an_account_prepared_by_another_shop_opens_nothing() -> None:
    """The owner of one shop invites somebody, and is in their account when another shop employs them: not any more."""
    theirs, ours = make_shop(), make_shop()
    attacker = owner_of(theirs)
    page = invite(attacker, theirs, "victim@example.com", Role.OWNER).content.decode()
    assert "/invitation/" not in page
    assert not User.objects.filter(email="victim@example.com").exists()
    letter = len(mail.outbox)
    invite(owner_of(ours), ours, "victim@example.com", Role.OWNER)
    assert len(mail.outbox) == letter + 1
    assert not works("victim@example.com", ours)
    Client().post(link(), NEWCOMER)
    assert works("victim@example.com", ours)
    assert not works("victim@example.com", theirs)


def test_a_password_from_before_the_mailbox_was_proved_is_void(owner: Client, shop: Shop) -> None:
    """Whoever chose it, its account is the mailbox's from the first link on; what was open with it is closed."""
    user = User.objects.create_user("victim@example.com", "the attacker knows this", name="Somebody")
    attacker = Client()
    assert attacker.login(username=user.email, password="the attacker knows this")
    invite(owner, shop, user.email, Role.MANAGER)
    assert attacker.post(link(), {"answer": "yes"}).status_code == 422
    assert not works(user.email, shop)
    assert Client().post(link(), NEWCOMER).status_code == 302
    assert attacker.get(f"/desk/{shop.slug}/review/").status_code == 302
    assert not Client().login(username=user.email, password="the attacker knows this")
    user.refresh_from_db()
    assert user.proved_at is not None


def test_an_owner_does_not_learn_who_else_exists(owner: Client, shop: Shop) -> None:
    """The page, the letter and the questions asked of the database are the same for every address."""
    known, elsewhere = make_user("Secret Name"), make_staff(make_shop(), name="Secret Name")
    seen = []
    for email in (known.email, elsewhere.email, "nobody@example.com"):
        Invitation.objects.all().delete()
        mail.outbox.clear()
        with CaptureQueriesContext(connection) as queries:
            answer = invite(owner, shop, email)
        page = re.sub(
            r"[A-Za-z0-9]{64}|value=\"\d+\"|/\d+/|<time [^>]*>", "", answer.content.decode().replace(email, "them")
        )
        assert "Secret Name" not in page
        words = mail.outbox[0].body.replace(link(), "")
        seen.append((page, words, len(queries), len(mail.outbox)))
    assert seen[0] == seen[1] == seen[2]


def test_nobody_changes_anothers_account(owner: Client, shop: Shop) -> None:
    """Name, address, language and password of an account are its person's, whatever a form sends along."""
    user = make_staff(shop, name="Mila")
    member = user.memberships.get()
    before = User.objects.filter(pk=user.pk).values().get()
    more = {"email": "x@example.com", "name": "X", "language": "fa", "password": "taken over by an owner"}
    more |= {f"m{member.pk}-{field}": value for field, value in more.items()}
    base = f"/desk/{shop.slug}/settings/staff/"
    owner.post(f"{base}{member.pk}/", more | {f"m{member.pk}-role": Role.MANAGER})
    invite(owner, shop, user.email, Role.OWNER, "X")
    owner.post(f"{base}{member.pk}/end/", more | {"successor": shop.default_owner_id})
    owner.post(f"{base}{member.pk}/back/", more)
    owner.post(f"{base}add/", more | {"role": Role.OWNER})
    assert User.objects.filter(pk=user.pk).values().get() == before


def test_an_invitation_can_be_sent_again_and_withdrawn(owner: Client, shop: Shop) -> None:
    """The newest link alone works; none after it was withdrawn."""
    invite(owner, shop, "new@example.com")
    first, one = link(), Invitation.objects.get()
    base = f"/desk/{shop.slug}/settings/staff/invitations/{one.pk}"
    owner.post(f"{base}/again/")
    second = link()
    assert second != first
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    invite(owner, shop, "new@example.com", Role.MANAGER)
    assert Invitation.objects.get().role == Role.MANAGER
    owner.post(f"{base}/withdrawal/")
    assert Client().post(link(), NEWCOMER).status_code == 404
    for act in ("again", "withdrawal"):
        assert owner_of(make_shop()).post(f"{base}/{act}/").status_code == 404
        assert "has ended" in owner.post(f"{base}/{act}/", follow=True).content.decode()
    assert not User.objects.filter(email="new@example.com").exists()


def test_who_says_no_does_not_work_there(owner: Client, shop: Shop) -> None:
    invite(owner, shop, "new@example.com")
    assert "You have said no" in Client().post(link(), {"answer": "no"}).content.decode()
    assert Client().post(link(), NEWCOMER).status_code == 404
    assert "declined" in owner.get(f"/desk/{shop.slug}/settings/staff/").content.decode()


def test_an_invitation_ends_by_itself_and_is_forgotten(shop: Shop) -> None:
    now = timezone.now()
    one, token = invitations.invite(shop, "new@example.com", "N", Role.EXPERT, None, by=TARTIB, now=now)
    with pytest.raises(invitations.Gone):
        invitations.by_token(token, now=now + invitations.GOOD_FOR)
    assert invitations.expire(now + invitations.GOOD_FOR) == 1
    one.refresh_from_db()
    assert one.state == InvitationState.EXPIRED
    end_what_is_over(0)
    assert Invitation.objects.exists()
    invitations.expire(now + invitations.GOOD_FOR + invitations.SHOWN + timedelta(days=1))
    assert not Invitation.objects.exists()


def test_nobody_is_flooded_with_invitations(owner: Client, shop: Shop) -> None:
    for _time in range(inviting.LETTERS_TO_ONE + 2):
        page = invite(owner, shop, "new@example.com").content.decode()
    assert len(mail.outbox) == inviting.LETTERS_TO_ONE
    assert "Too many invitations" in page


def test_a_practice_shop_invites_no_real_mailbox() -> None:
    """Its letters are caught where all its staff read them: they prove nothing."""
    shop = make_shop(practice=True)
    page = invite(owner_of(shop), shop, "victim@mail.com").content.decode()
    assert "only invented addresses" in page
    assert not Invitation.objects.exists()
    invite(owner_of(shop), shop, "anna@practice.example.com")
    assert Invitation.objects.count() == 1


def test_a_letter_about_an_account_never_goes_to_a_practice_shop() -> None:
    practice, real = make_shop(practice=True), make_shop()
    user = make_staff(practice)
    Membership.objects.create(shop=real, user=user, role=Role.EXPERT)
    jobs.send_password_link(user_id=user.pk)
    assert [letter.to for letter in mail.outbox] == [[user.email]]


def test_one_who_left_comes_back_by_invitation_or_by_undo(owner: Client, shop: Shop) -> None:
    user = make_staff(shop, name="Mila")
    member = user.memberships.get()
    base = f"/desk/{shop.slug}/settings/staff/{member.pk}"
    owner.post(f"{base}/end/", {"successor": shop.default_owner_id})
    assert membership(user, shop.slug) is None
    owner.post(f"{base}/back/")
    assert membership(user, shop.slug) is not None
    owner.post(f"{base}/end/", {"successor": shop.default_owner_id})
    Membership.objects.filter(pk=member.pk).update(ended_at=timezone.now() - timedelta(seconds=shop.undo_seconds + 1))
    assert "too late" in owner.post(f"{base}/back/", follow=True).content.decode()
    assert membership(user, shop.slug) is None
    assert "Invite again" in owner.get(f"/desk/{shop.slug}/settings/staff/").content.decode()


def test_the_number_of_queries_does_not_grow_with_invitations(owner: Client, shop: Shop) -> None:
    def ask() -> int:
        with CaptureQueriesContext(connection) as queries:
            owner.get(f"/desk/{shop.slug}/settings/staff/")
        return len(queries)

    invite(owner, shop, "one@example.com")
    ask()
    once = ask()
    for number in range(2):
        invite(owner, shop, f"x{number}@example.com")
    ask()
    assert ask() == once


def test_the_password_of_a_command_signs_in_though_no_mailbox_is_proved() -> None:
    """As `tartib createshop` makes an owner's account."""
    owner = User.objects.create_user("owner@example.com", PASSWORD, name="Owner")
    assert owner.proved_at is None
    assert Client().post("/sign-in/", {"email": owner.email, "password": PASSWORD}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_link_followed_twice_at_once_begins_one_place() -> None:
    shop, now = make_shop(), timezone.now()
    _one, token = invitations.invite(shop, "new@example.com", "N", Role.EXPERT, None, by=TARTIB, now=now)
    found = invitations.by_token(token, now=now)

    def accept(number: int) -> bool:
        try:
            with transaction.atomic():
                invitations.accept_as_new(found, f"N{number}", PASSWORD, "en", by=TARTIB, now=now)
        except (invitations.Gone, invitations.NotTheirs):
            return False
        return True

    assert sorted(at_once(accept, 2, hands=2)) == [False, True]
    assert Membership.objects.filter(shop=shop, user__email="new@example.com").count() == 1
