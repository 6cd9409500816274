"""An SMS service inside Tartib's own network is refused when it is entered and when it is called (SSRF)."""

from __future__ import annotations

import socket
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from tartib.notify.channels.letter import Letter
from tartib.notify.channels.sms import SmsSender, check_service
from tartib.notify.models import Reason, State
from tartib.shops.outside import leads_inward
from tests.factories import make_shop
from tests.services import Phone

INWARD = [
    "127.0.0.1", "127.9.9.9", "localhost", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[::ffff:10.0.0.1]",
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "224.0.0.1", "255.255.255.255", "192.0.2.1",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _strict(settings: Any) -> None:
    settings.TARTIB_INTERNAL_SERVICES = False


@pytest.mark.parametrize("host", INWARD)
def test_addresses_of_no_open_net_lead_inward_however_they_are_written(host: str) -> None:
    assert leads_inward(host)


@pytest.mark.parametrize("host", ["8.8.8.8", "[2606:4700:4700::1111]", "no-such-host.invalid", "", "a" * 300])
def test_the_open_net_and_nowhere_do_not(host: str) -> None:
    assert not leads_inward(host)


def test_one_inward_address_among_several_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(0, 0, 0, "", (address, 0)) for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_how: found)
    assert leads_inward("two-faced.example")


@pytest.mark.parametrize("scheme", ["json", "jsons", "xml", "form", "signal"])
def test_such_a_service_is_refused_when_it_is_entered(scheme: str) -> None:
    with pytest.raises(ValidationError, match=r"own network|Apprise"):
        check_service(f"{scheme}://169.254.169.254/{{to}}")


def test_services_with_an_address_of_their_own_and_of_the_open_net_are_taken() -> None:
    for url in ("kavenegar://KEYKEYKEY/{to}", "json://8.8.8.8/?:to={to}", ""):
        check_service(url)


@pytest.mark.django_db
def test_a_name_that_leads_inward_later_is_not_called(phone: Phone) -> None:
    shop = make_shop(sms_url=phone.url)
    letter = Letter(uuid4(), shop, "+380501112233", "en", "", "Hello", "")
    with SmsSender() as sender:
        answer = sender.send(letter)
    assert (answer.state, answer.reason) == (State.WITHHELD, Reason.INWARD_SERVICE)
    assert not phone.requests


@pytest.mark.django_db
def test_who_runs_tartib_may_allow_it_and_practice_is_at_home(phone: Phone, settings: Any) -> None:
    shop = make_shop(sms_url=phone.url)
    settings.TARTIB_INTERNAL_SERVICES = True
    with SmsSender() as sender:
        assert sender.send(Letter(uuid4(), shop, "+380501112233", "en", "", "Hello", "")).state == State.SENT
    settings.TARTIB_INTERNAL_SERVICES = False
    settings.TARTIB_PRACTICE_SMS_URL = phone.url
    practice = make_shop(practice=True)
    with SmsSender() as sender:
        assert sender.send(Letter(uuid4(), practice, "+380501112233", "en", "", "Hello", "")).state == State.SENT
