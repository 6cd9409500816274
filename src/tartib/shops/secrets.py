"""What is unreadable where it is stored: provider addresses with passwords in them, proofs of identity."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    TextField = models.TextField[str, str]
else:
    # Django's fields take type parameters only in the eyes of the type checker.
    TextField = models.TextField


@lru_cache(maxsize=4)
def _cipher(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"tartib.secret-field" + secret.encode()).digest()))


class Unreadable(Exception):
    """What was sealed cannot be opened: the secret key has been changed, or the bytes have."""


def seal(content: bytes) -> bytes:
    """Encrypt `content` with a key derived from `SECRET_KEY` (Fernet: AES-128-CBC with HMAC-SHA-256)."""
    return _cipher(settings.SECRET_KEY).encrypt(content)


def unseal(sealed: bytes) -> bytes:
    """Decrypt what `seal` made; raises `Unreadable`."""
    try:
        return _cipher(settings.SECRET_KEY).decrypt(sealed)
    except InvalidToken as problem:
        raise Unreadable from problem


class SecretField(TextField):
    """Text that is sealed in the database.

    A value that cannot be decrypted, because the key was changed, reads as empty: the shop is asked to enter it again.
    """

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way to the database."""
        return seal(str(value).encode()).decode() if value else ""

    def from_db_value(self, value: str | None, *_where: Any) -> str:
        """Decrypt on the way back."""
        if not value:
            return ""
        try:
            return unseal(value.encode()).decode()
        except Unreadable:
            return ""
