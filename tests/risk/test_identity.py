"""Proof of identity: asked for, uploaded on the order's page, opened by few, deleted after review (E9)."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from tartib.cases.models import Case
from tartib.cases.operations import delete
from tartib.files.models import Upload
from tartib.files.operations import NotADocument
from tartib.journal.models import Entry
from tartib.notify.models import Message, MessageKind
from tartib.notify.rendering import render_all
from tartib.risk import jobs, operations, queries
from tartib.risk.models import Proof, ProofState
from tartib.risk.timeline import CHECKED
from tartib.shops.models import Role
from tests.factories import NOW, actor, make_order, make_shop, make_staff, picture_file, with_sms
from tests.risk.test_looking import THROWAWAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    """An order whose customer is asked for proof."""
    shop = make_shop(languages=["en", "fa"])
    order = make_order(shop, customer=THROWAWAY)
    operations.ask(order, actor(shop), now=NOW)
    return order


def acts(case: Case) -> list[str]:
    """What the timeline tells of checks."""
    return [entry.data["act"] for entry in Entry.objects.filter(case_id=case.pk, kind=CHECKED).order_by("seq")]


def upload(case: Case, content: bytes | None = None, name: str = "passport.jpg", **options: Any) -> Any:
    """The answer to the customer's upload."""
    file = SimpleUploadedFile(name, picture_file().getvalue() if content is None else content)
    return Client(**options).post(f"/t/{case.token}/identity/", {"paper": file})


def desk(case: Case, role: str) -> Client:
    """A browser of somebody with that role."""
    client = Client()
    client.force_login(make_staff(case.shop, role))
    return client


def there(case: Case, act: str = "") -> str:
    """The address of the order in the desk, or of an act on it."""
    return f"/desk/{case.shop.slug}/orders/{case.code}/{act}"


def test_the_customer_is_asked_once_by_message_with_the_link(case: Case) -> None:
    operations.ask(case, actor(case.shop), now=NOW)
    (message,) = Message.objects.filter(case=case, kind=MessageKind.IDENTITY).select_related("case", "shop")
    said = render_all([message])[message.pk]
    assert message.recipient == "sam@mailinator.com"
    assert case.code in said.subject
    assert f"/t/{case.token}/" in said.text
    assert "encrypted" in said.text
    assert acts(case) == ["asked"]


@pytest.mark.parametrize("language", ["ar", "fa", "uk", "zh-hant"])
def test_it_is_asked_in_the_customers_language_and_by_sms_without_an_email(language: str) -> None:
    from tartib.customers.operations import CustomerDraft

    shop = with_sms(make_shop())
    order = make_order(shop, customer=CustomerDraft("Sam", "", "+380501112233"), language=language)
    operations.ask(order, actor(shop), now=NOW)
    (message,) = Message.objects.filter(case=order, kind=MessageKind.IDENTITY).select_related("case", "shop")
    assert (message.channel, message.language) == ("sms", language)
    assert f"/t/{order.token}/" in render_all([message])[message.pk].text


def test_the_upload_is_encrypted_and_can_be_replaced(case: Case, django_capture_on_commit_callbacks: Any) -> None:
    page = Client().get(f"/t/{case.token}/").content.decode()
    assert "Please show that it was you" in page
    assert 'enctype="multipart/form-data"' in page
    assert upload(case).headers["Location"] == f"/t/{case.token}/#identity"
    first = Upload.objects.get()
    assert first.sealed
    with default_storage.open(first.places[0]) as lying:
        assert b"WEBP" not in lying.read()
    assert "we have received your proof" in Client().get(f"/t/{case.token}/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert upload(case, b"%PDF-1.7\n%%EOF", "id.pdf").status_code == 302
    assert Upload.objects.get().content_type == "application/pdf"
    assert not default_storage.exists(first.places[0])
    assert acts(case) == ["asked", "given", "given"]


def test_a_file_that_is_not_kept_is_explained_in_the_readers_language(case: Case) -> None:
    answer = upload(case, b"<svg onload=alert(1)>", "id.svg")
    assert answer.status_code == 422
    assert "This file cannot be read here" in answer.content.decode()
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert Client().post(f"/t/{case.token}/identity/").status_code == 422
    assert "رمزنگاری" in Client().get(f"/t/{case.token}/?language=fa").content.decode()
    assert not Upload.objects.exists()


def test_nothing_can_be_uploaded_unasked_or_without_end(case: Case) -> None:
    other = make_order(case.shop)
    assert upload(other).status_code == 422
    assert "Please show" not in Client().get(f"/t/{other.token}/").content.decode()
    assert Client().post("/t/AAAAAAAAAAAAAAAAAAAAAA/identity/").status_code == 404
    codes = [upload(case).status_code for _try in range(12)]
    assert codes == [302] * 10 + [422] * 2


def test_only_named_roles_open_it_and_each_opening_is_on_the_timeline(case: Case) -> None:
    upload(case)
    for role in (Role.TECHNICIAN, Role.EXPERT):
        assert desk(case, role).post(there(case, "identity/paper/")).status_code == 403
        assert b"Only managers and owners can open it" in desk(case, role).get(there(case)).content
    answer = desk(case, Role.MANAGER).post(there(case, "identity/paper/"))
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert acts(case) == ["asked", "given", "opened"]
    assert desk(case, Role.MANAGER).get(there(case, "identity/paper/")).status_code == 405


@pytest.mark.parametrize(("decision", "state", "doubts"), [("accept", "accepted", 0), ("decline", "declined", 1)])
def test_after_review_it_is_deleted_and_accepting_settles_the_checks(
    case: Case, decision: str, state: str, doubts: int, django_capture_on_commit_callbacks: Any
) -> None:
    upload(case)
    place = Upload.objects.get().places[0]
    manager = desk(case, Role.MANAGER)
    with django_capture_on_commit_callbacks(execute=True):
        manager.post(there(case, "identity/decision/"), {"decision": decision})
    assert not default_storage.exists(place)
    assert not Upload.objects.exists()
    assert Proof.objects.get().state == state
    assert acts(case)[2] == state
    case.refresh_from_db()
    assert case.doubts == doubts
    assert manager.post(there(case, "identity/paper/")).status_code == 404
    manager.post(there(case, "identity/decision/"), {"decision": "accept"})
    assert Proof.objects.get().state == state
    page = manager.get(there(case)).content.decode()
    assert "Ask for proof of identity" in page


def test_after_its_time_it_is_deleted_by_itself(case: Case, django_capture_on_commit_callbacks: Any) -> None:
    operations.give(case, picture_file(), "id.jpg", now=NOW)
    place = Upload.objects.get().places[0]
    assert operations.forget_old(NOW + timedelta(days=13)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert operations.forget_old(NOW + timedelta(days=14)) == 1
    assert not default_storage.exists(place)
    assert Proof.objects.get().state == ProofState.EXPIRED
    assert acts(case)[-1] == "expired"
    with pytest.raises(operations.NotAsked):
        operations.give(case, picture_file(), "late.jpg", now=NOW)
    jobs.forget_old(timestamp=0)


def test_deleting_the_order_deletes_the_proof(case: Case, django_capture_on_commit_callbacks: Any) -> None:
    operations.give(case, picture_file(), "id.jpg", now=NOW)
    place = Upload.objects.get().places[0]
    with django_capture_on_commit_callbacks(execute=True):
        delete(case.shop, [case.pk], actor(case.shop), reason="asked to be forgotten", now=NOW)
    assert not default_storage.exists(place)
    assert not Upload.objects.exists()


def test_a_refused_file_leaves_what_was_given(case: Case) -> None:
    operations.give(case, picture_file(), "id.jpg", now=NOW)
    with pytest.raises(NotADocument):
        operations.give(case, BytesIO(b"MZ"), "id.exe", now=NOW)
    assert queries.open_proof(case).upload is not None  # type: ignore[union-attr]


def test_there_is_one_open_request_and_a_paper_only_while_it_is_looked_at(case: Case) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Proof.objects.create(case=case, shop=case.shop, asked_by="x", asked_at=NOW, until=NOW)
    operations.give(case, picture_file(), "id.jpg", now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proof.objects.update(state=ProofState.ACCEPTED)
