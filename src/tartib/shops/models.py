"""Shops, branches, users, memberships, API keys and the two small ledgers every shop needs: counters and limits."""

from __future__ import annotations

import re
import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.password_validation import validate_password
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.http.request import validate_host
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tartib.flow.words import LANGUAGES
from tartib.l10n import names
from tartib.shops.keys import in_shop
from tartib.shops.staffing import Invitation, InvitationState, Role, SecurityEntry, SecurityEvent, Session

__all__ = (
    "LANGUAGE_CHOICES", "LANGUAGE_NAMES", "ApiKey", "Branch", "Calendar", "Claim", "Counter", "Invitation",
    "InvitationState", "Limit", "Membership", "Role", "SecurityEntry", "SecurityEvent", "Session", "Shop", "User",
    "UserManager", "claim_token", "colour", "domain", "shop_code",
)  # fmt: skip

LANGUAGE_NAMES = {
    "en": "English",
    "ar": "العربية",
    "fa": "فارسی",
    "uk": "Українська",
    "zh-hant": "繁體中文",
}
LANGUAGE_CHOICES = [(code, LANGUAGE_NAMES[code]) for code in LANGUAGES]

shop_code = RegexValidator(r"^[A-Z0-9]{1,6}$", _("Use one to six capital letters or digits."))
colour = RegexValidator(r"^#[0-9a-f]{6}$", _("Write the colour as # and six digits, such as #206bc4."))

_DOMAIN = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


def domain(name: str) -> None:
    """Refuse what cannot be a shop's own domain: no host name, or one at which Tartib itself is answered."""
    if not _DOMAIN.fullmatch(name):
        raise ValidationError(_("Write the domain alone, such as shop.example, without https:// and without a path."))
    if validate_host(name, settings.TARTIB_HOSTS):
        raise ValidationError(_("This is the address of the whole installation; a shop needs a domain of its own."))


class Calendar(models.TextChoices):
    """The calendar in which a shop counts its months and a reader sees dates."""

    GREGORIAN = "gregorian", _("Gregorian")
    JALALI = "jalali", _("Jalali")
    HIJRI = "hijri", _("Hijri")


class UserManager(BaseUserManager["User"]):
    """Creates people by e-mail address, which is compared without regard to case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a person who signs in with `email`; without a password they cannot sign in by password.

        Raises `ValidationError` for a password that is too short or common.
        """
        user = self.model(email=email.strip().lower(), **fields)
        if password is not None:
            validate_password(password, user)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Find the person by address as they typed it."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who signs in. What they may do is decided by their memberships, never by the user alone.

    `proved_at` is when somebody last came by a link sent to `email`. Until then anybody may have chosen the password.
    """

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(pgettext_lazy("a person", "name"), max_length=150)
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGE_CHOICES, default="en")
    is_active = models.BooleanField(default=True)
    proved_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower")]

    def __str__(self) -> str:
        return self.name or self.email


class Shop(models.Model):
    """A tenant: a merchant or a service centre."""

    slug = models.SlugField(_("address"), max_length=40, unique=True)
    code = models.CharField(_("code"), max_length=6, unique=True, validators=[shop_code])
    name = models.CharField(pgettext_lazy("a shop", "name"), max_length=120)
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGE_CHOICES, default="en")
    languages = ArrayField(models.CharField(max_length=10, choices=LANGUAGE_CHOICES), default=list)
    calendar = models.CharField(_("calendar"), max_length=10, choices=Calendar, default=Calendar.GREGORIAN)
    timezone = models.CharField(_("time zone"), max_length=40, default="UTC")
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    country = models.CharField(_("country"), max_length=2, blank=True)
    domain = models.CharField(_("own domain"), max_length=253, blank=True, default="", validators=[domain])
    colour = models.CharField(_("brand colour"), max_length=7, default="#206bc4", validators=[colour])
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    address = models.CharField(_("postal address"), max_length=250, blank=True)
    default_owner = models.ForeignKey(
        "Membership", verbose_name=_("responsible by default"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    hold_back_seconds = models.PositiveIntegerField(
        _("seconds a message is held back"), default=60, validators=[MaxValueValidator(86_400)]
    )
    first_steps = models.BooleanField(_("show the first steps in the menu"), default=True)
    undo_seconds = models.PositiveIntegerField(
        _("seconds in which a move can be undone"), default=600, validators=[MaxValueValidator(86_400)]
    )
    week: models.JSONField[Any, Any] = models.JSONField(
        default=list,
        blank=True,
        help_text="For each day from Monday a list of [minute, minute]; empty: as usual there.",
    )
    holidays: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True, help_text="ISO date -> name.")
    tax_included = models.BooleanField(_("prices include tax"), default=True)
    tax_shipping = models.BooleanField(_("delivery is taxed"), default=True)
    practice = models.BooleanField(default=False, help_text=_("A shop to practise in: its messages stay here."))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(hold_back_seconds__lte=86_400), name="shop_hold_back_a_day"),
            models.CheckConstraint(condition=models.Q(undo_seconds__lte=86_400), name="shop_undo_a_day"),
            models.UniqueConstraint(
                fields=["domain"],
                name="shop_domain_unique",
                condition=~models.Q(domain=""),
                violation_error_message=_("Another shop has this domain already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def spoken(self) -> list[str]:
        """The languages the shop speaks, its own first, the others in the product's order."""
        return [self.language, *(code for code in LANGUAGES if code in self.languages and code != self.language)]

    def tag(self, language: str) -> str:
        """A language as it is written in the shop's country (BCP 47): what dates, digits and money go by."""
        return names.tag(language, self.country)


def claim_token() -> str:
    """What proves a claim: nobody can guess it."""
    return secrets.token_hex(16)


class Claim(models.Model):
    """That a shop says a domain is its own. It has to be proved; then the domain is `Shop.domain`.

    Several shops may claim the same domain: the one that proves it has it.
    """

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, primary_key=True, related_name="claim")
    domain = models.CharField(_("own domain"), max_length=253, validators=[domain])
    token = models.CharField(max_length=32, default=claim_token)
    claimed_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True, blank=True)
    proved_at = models.DateTimeField(null=True, blank=True)
    missed = models.PositiveSmallIntegerField(default=0, help_text="Days in a row on which its proof was gone.")

    class Meta:
        indexes = [models.Index(fields=["claimed_at"], name="claim_to_prove", condition=models.Q(proved_at=None))]

    def __str__(self) -> str:
        return self.domain

    @property
    def record(self) -> str:
        """The name of the DNS record that proves it; its kind is TXT."""
        return f"_tartib.{self.domain}"

    @property
    def file(self) -> str:
        """The address, without its scheme, of the file that proves it instead."""
        return f"{self.domain}/.well-known/tartib.txt"

    @property
    def line(self) -> str:
        """What stands in the record, or in the file as a line of its own."""
        return f"tartib-shop={self.token}"


class Branch(models.Model):
    """A place where a shop takes in, keeps and hands over things. Every shop has at least one."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="branches")
    code = models.CharField(_("code"), max_length=6, validators=[shop_code])
    name = models.CharField(pgettext_lazy("a thing", "name"), max_length=120)
    address = models.CharField(_("postal address"), max_length=250, blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "code"], name="branch_code_unique"),
            in_shop("shops_branch"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's place in a shop. One who leaves is made inactive, so that history keeps the name."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    branch = models.ForeignKey(Branch, on_delete=models.SET_NULL, null=True, blank=True)
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.EXPERT)
    active = models.BooleanField(_("works here"), default=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "user"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(active=True, ended_at=None) | models.Q(active=False), name="membership_ended"
            ),
            in_shop("shops_membership"),
        ]

    def __str__(self) -> str:
        return str(self.user)


class ApiKey(models.Model):
    """A key with which a program acts for a shop. Only its SHA-256 is kept; the key itself is shown once.

    It ends at `expires_at` by itself; `used_at` is when it was last used, to ten minutes.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(pgettext_lazy("a thing", "name"), max_length=80)
    prefix = models.CharField(max_length=12)
    digest = models.BinaryField(max_length=32, unique=True)
    scopes = ArrayField(models.CharField(max_length=20), default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["shop", "-created_at"], name="api_key_by_shop"),
            models.Index(fields=["expires_at"], name="api_key_to_end", condition=models.Q(revoked_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Counter(models.Model):
    """The last running number given out for tracking codes of one branch in one month of the shop's calendar."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    branch = models.ForeignKey(Branch, on_delete=models.CASCADE)
    period = models.PositiveIntegerField(help_text="Year and month as YYYYMM in the shop's calendar.")
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["branch", "period"], name="counter_once")]

    def __str__(self) -> str:
        return f"{self.branch_id}/{self.period}: {self.last}"


class Limit(models.Model):
    """How often something was tried within a window of time; one row per purpose and subject."""

    subject = models.CharField(max_length=64, primary_key=True, help_text="SHA-256 of purpose and subject.")
    window_start = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["window_start"], name="limit_by_age")]

    def __str__(self) -> str:
        return f"{self.subject[:8]}: {self.count}"
