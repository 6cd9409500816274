"""The signed statement of an anchor: a JSON Web Signature (RFC 7515, compact) by Ed25519 (RFC 8037)."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tartib.journal.anchors.keys import Keys, fingerprint

TYPE = "tartib-anchor"
LONGEST = 4_096
"""Characters that no statement has."""


class NoAnchor(Exception):
    """Something that is no statement of an anchor at all, or a damaged one."""


class NotGenuine(Exception):
    """A statement that no known key signed as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What an anchor says of a shop at a moment.

    `previous` is the `mark` of the anchor before, "" for the first. `digest` is SHA-256 over the `rows` lines of its
    file. `root` is SHA-256 over the heads of all `timelines` of the shop (`heads.Root`), which had `entries` in all.
    """

    shop: int
    slug: str
    number: int
    at: str
    previous: str
    rows: int
    digest: str
    timelines: int
    entries: int
    root: str

    @property
    def moment(self) -> datetime:
        """When it was taken."""
        return datetime.fromisoformat(self.at)


def sign(statement: Statement, key: Ed25519PrivateKey) -> str:
    """The statement signed, as one word."""
    about = {"alg": "EdDSA", "typ": TYPE, "kid": fingerprint(key.public_key())}
    said = f"{_encode(_json(about))}.{_encode(_json(asdict(statement)))}"
    return f"{said}.{_encode(key.sign(said.encode()))}"


def read(token: str, keys: Keys) -> Statement:
    """What a signed statement says. Raises `NoAnchor`, or `NotGenuine` where none of `keys` signed it."""
    statement, key_id, signed, signature = _parts(token)
    key = keys.get(key_id)
    if key is None:
        raise NotGenuine
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        raise NotGenuine from None
    return statement


def unverified(token: str) -> Statement:
    """What a statement says, whoever signed it. Raises `NoAnchor`."""
    return _parts(token)[0]


def mark(token: str) -> str:
    """By what the next anchor names this one: SHA-256 of the signed statement, in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def key_of(token: str) -> str:
    """The fingerprint of the key that signed. Raises `NoAnchor`."""
    return _parts(token)[1]


def _parts(token: str) -> tuple[Statement, str, bytes, bytes]:
    """A statement, the fingerprint of its key, what was signed, and the signature."""
    try:
        about, said, signature = token.split(".")
        header, fields = json.loads(_decode(about)), json.loads(_decode(said))
        if header["typ"] != TYPE or header["alg"] != "EdDSA":
            raise NoAnchor
        statement = Statement(**fields)
        if statement.moment.tzinfo is None or statement.number < 1:
            raise NoAnchor
        return statement, str(header["kid"]), f"{about}.{said}".encode(), _decode(signature)
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise NoAnchor from problem


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
