"""A text field whose content is unreadable in the database: provider addresses with passwords in them, and the like."""

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


class SecretField(TextField):
    """Text encrypted with a key derived from `SECRET_KEY` (Fernet: AES-128-CBC with HMAC-SHA-256).

    A value that cannot be decrypted, because the key was changed, reads as empty: the shop is asked to enter it again.
    """

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way to the database."""
        return _cipher(settings.SECRET_KEY).encrypt(str(value).encode()).decode() if value else ""

    def from_db_value(self, value: str | None, *_where: Any) -> str:
        """Decrypt on the way back."""
        if not value:
            return ""
        try:
            return _cipher(settings.SECRET_KEY).decrypt(value.encode()).decode()
        except InvalidToken:
            return ""
