"""One rule for every password a person chooses: at least ten characters, and none that everybody tries first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from django.core.exceptions import ValidationError

from tartib.cli.main import COMMANDS
from tartib.cli.main import tartib as command
from tartib.customers.models import Account, Customer
from tartib.customers.signing_in import set_password
from tartib.portal.account.security import NewPassword
from tartib.shops import models
from tartib.shops.models import Shop, User
from tartib.shops.operations import choose_password
from tartib.web.forms import PasswordForm
from tests.factories import NOW, make_shop, make_user

pytestmark = pytest.mark.django_db

SHORT, COMMON, LONG_AND_COMMON = "short", "password123", "1234567890"
GOOD = "nine grey geese"


def _account() -> Account:
    shop = make_shop()
    customer = Customer.objects.create(shop=shop, name="Jo", email="jo@example.com", created_at=NOW)
    return Account.objects.create(shop=shop, customer=customer, email="jo@example.com", created_at=NOW)


def _by_form(form: Callable[[dict[str, str]], PasswordForm | NewPassword]) -> Callable[[str], None]:
    def choose(password: str) -> None:
        if problem := form({"password": password}).errors.get("password"):
            raise ValidationError(list(problem))

    return choose


def _create(password: str) -> None:
    User.objects.create_user("new@example.com", password, name="New")


ENTRANCES: dict[str, Callable[[str], None]] = {
    "a new person": _create,
    "staff, the operation": lambda password: choose_password(make_user(), password),
    "staff, the form of invitations and links": _by_form(lambda data: PasswordForm(make_user(), data)),
    "customers, the operation": lambda password: set_password(_account(), password),
    "customers, the form": _by_form(lambda data: NewPassword(_account(), data)),
}


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_every_entrance_refuses_short_and_common_passwords(entrance: str) -> None:
    for weak in (SHORT, COMMON, LONG_AND_COMMON):
        with pytest.raises(ValidationError):
            ENTRANCES[entrance](weak)
    ENTRANCES[entrance](GOOD)


def test_a_refused_password_changes_nothing() -> None:
    account = _account()
    set_password(account, GOOD)
    kept = account.password
    with pytest.raises(ValidationError):
        set_password(account, COMMON)
    account.refresh_from_db()
    assert account.password == kept


def test_passwords_are_written_in_no_other_place() -> None:
    """Whoever adds an entrance goes through one of the operations, which know the rule."""
    root = Path(models.__file__).parent.parent
    hashing = {
        str(file.relative_to(root))
        for file in root.rglob("*.py")
        if ".set_password(" in (text := file.read_text(encoding="utf-8")) or "make_password(" in text
    }
    # The last hashes the password of invented people, which is printed at every start.
    assert hashing == {
        "shops/models.py", "shops/operations.py", "customers/signing_in.py", "portal/account/security.py",
        "sandbox/opening.py",
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_the_command_line_takes_no_weak_password() -> None:
    taking = [word for word in COMMANDS if any(one.name == "password" for one in _parameters(word))]
    assert taking == ["createshop"]
    given = ["createshop", "new-shop", "--name", "New", "--code", "NEW", "--owner-email", "o@shop.example"]
    for weak, why in ((SHORT, "fewer than ten characters"), (LONG_AND_COMMON, "Many people use this password")):
        done = CliRunner().invoke(command, [*given, "--password", weak])
        assert done.exit_code == 2
        assert why in done.output
    assert not Shop.objects.filter(slug="new-shop").exists()
    assert not User.objects.filter(email="o@shop.example").exists()


def _parameters(word: str) -> list[click.Parameter]:
    found = command.get_command(click.Context(command), word)
    return found.params if found else []
