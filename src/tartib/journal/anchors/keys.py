"""The key that signs anchors: a file beside the database, never in it; the public halves of all that ever signed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tartib.shops.secret_files import keep

Keys = Mapping[str, Ed25519PublicKey]
"""Public keys by their fingerprints."""


def signing_key() -> Ed25519PrivateKey:
    """The key that signs; made the first time, readable to its owner alone. Its public half is kept with the anchors.

    Raises `ImproperlyConfigured` where the file holds no such key.
    """
    place: Path = settings.TARTIB_ANCHOR_KEY
    if not place.exists():
        fresh = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        keep(place, fresh)
    try:
        key = serialization.load_pem_private_key(place.read_bytes(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
        raise ImproperlyConfigured(f"{place} holds no key that signs anchors: {problem}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ImproperlyConfigured(f"{place} must hold an Ed25519 key.")
    public = key.public_key()
    kept = _public_keys() / f"{fingerprint(public)}.pem"
    if not kept.exists():
        keep(kept, _pem(public))
    return key


def known() -> Keys:
    """The public keys of this installation: of the key that signs, and of those that signed before it."""
    files = [*_public_keys().glob("*.pem")]
    found = dict(read(files))
    if settings.TARTIB_ANCHOR_KEY.exists():
        public = signing_key().public_key()
        found[fingerprint(public)] = public
    return found


def read(files: Iterable[Path]) -> Keys:
    """The public keys in PEM files. Raises `ImproperlyConfigured` for a file that holds none."""
    found = {}
    for file in files:
        try:
            key = serialization.load_pem_public_key(file.read_bytes())
        except (ValueError, UnsupportedAlgorithm) as problem:
            raise ImproperlyConfigured(f"{file} holds no public key: {problem}") from None
        if not isinstance(key, Ed25519PublicKey):
            raise ImproperlyConfigured(f"{file} must hold an Ed25519 key.")
        found[fingerprint(key)] = key
    return found


def fingerprint(key: Ed25519PublicKey) -> str:
    """By what a key is told from others: 120 bits of the SHA-256 of its raw bytes, in 24 characters (RFC 4648)."""
    return base64.b32encode(hashlib.sha256(key.public_bytes_raw()).digest()[:15]).decode()


def _public_keys() -> Path:
    folder: Path = settings.DATA / "anchors" / "keys"
    return folder


def _pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
