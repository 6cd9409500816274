"""The owner of one shop prepares an account for somebody whom another shop will employ, and comes in with it."""

from __future__ import annotations

import re
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from pytest_django import Settings

from tests.factories import PASSWORD
from tests.faults.running import Running, running, until
from tests.services import Mailbox, plain

VICTIM, CHOSEN = "victim@shop.example", "a sentence of the attacker"
OWN = "a sentence of their own"


class Browser:
    """A browser with its cookies, which sends the token of the page with each form."""

    def __init__(self, at: Running) -> None:
        self.root, self.cookies = f"http://localhost:{at.port}", CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))

    def get(self, path: str, body: bytes | None = None) -> tuple[int, str]:
        """Status and page, once redirects are followed."""
        try:
            with self.opener.open(f"{self.root}{path}", body, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as problem:
            return problem.code, problem.read().decode()

    def post(self, path: str, page: str = "", **fields: str) -> tuple[int, str]:
        """Send a form that stands on `page`, or at its own address."""
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(page or path)[1])
        assert found
        return self.get(path, urlencode(fields | {"csrfmiddlewaretoken": found[1]}).encode())

    def sign_in(self, email: str, password: str) -> int:
        """The status of the page after trying."""
        return self.post("/sign-in/", email=email, password=password)[0]

    def invite(self, shop: str) -> str:
        """Ask the victim to work in a shop, as its owner; the page that follows."""
        there = f"/desk/{shop}/settings/staff/"
        status, page = self.post(f"{there}add/", there, email=VICTIM, name="Somebody", role="owner")
        assert status == 200
        return page


def test_nobody_comes_into_a_shop_by_an_account_prepared_beforehand(
    tmp_path: Path, mailbox: Mailbox, settings: Settings
) -> None:
    """X6: who invites has neither link nor account; the place is the mailbox's, in the shop that it accepts."""
    smtp = {"TARTIB_SMTP": f"smtp://127.0.0.1:{settings.EMAIL_PORT}", "TARTIB_SENDER": "orders@tartib.example"}
    with running(tmp_path / "data", **smtp) as at:
        attacker, owner, victim = Browser(at), Browser(at), Browser(at)
        assert attacker.sign_in(at.other_owner, PASSWORD) == 200
        assert "/invitation/" not in attacker.invite(at.other)
        assert Browser(at).sign_in(VICTIM, CHOSEN) == 422, "there is no account yet"
        until(lambda: len(letters(mailbox)) == 1, 60)
        assert owner.sign_in(at.owner, PASSWORD) == 200
        owner.invite(at.shop)
        until(lambda: len(letters(mailbox)) == 2, 60)
        link = letters(mailbox)[1]
        assert victim.post(link, name="Vera", password=OWN, answer="yes")[0] == 200
        assert victim.get(f"/desk/{at.shop}/orders/")[0] == 200
        assert victim.get(f"/desk/{at.other}/orders/")[0] == 404, "that was not accepted"
        assert attacker.get(f"/desk/{at.shop}/orders/")[0] == 404
        assert Browser(at).sign_in(VICTIM, CHOSEN) == 422
        assert attacker.get(link)[0] == 404, "a link works once"


def letters(mailbox: Mailbox) -> list[str]:
    """The links of invitations in the victim's mailbox."""
    found = [re.search(r"/invitation/[^\s/]+/", plain(one)) for one in mailbox.letters if one["To"] == VICTIM]
    return [one[0] for one in found if one]
