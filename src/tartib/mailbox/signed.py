"""Words that their writer's program signed: taken out of the signature, which nobody here checks. Pure."""

from __future__ import annotations

import re

SIGNED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_CLEAR = re.compile(
    r"-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[A-Za-z]+: [^\n]*\n)*\n(?P<words>.*?)"
    r"\n-----BEGIN PGP SIGNATURE-----[ \t]*\n[^-]*-----END PGP SIGNATURE-----[ \t]*",
    re.DOTALL,
)
_ESCAPED = re.compile(r"^- ", re.MULTILINE)


def without_armor(text: str) -> str:
    """A text without the frame that OpenPGP sets around words it signs (RFC 9580, 7); its lines end with line feeds."""
    return _CLEAR.sub(lambda found: _ESCAPED.sub("", found["words"]), text) if "-----BEGIN PGP SIGNED" in text else text


def letter_within(content: bytes) -> bytes:
    """The letter inside an S/MIME signature (RFC 8551, 3.5.2); b"" where it is none, or encrypted."""
    from pyasn1.codec.ber.decoder import decode  # few letters need it, and each is read by a new process
    from pyasn1_modules import rfc5652

    try:
        outer, _rest = decode(content, asn1Spec=rfc5652.ContentInfo())
        if outer["contentType"] != rfc5652.id_signedData:
            return b""
        signed, _rest = decode(bytes(outer["content"]), asn1Spec=rfc5652.SignedData())
        return bytes(signed["encapContentInfo"]["eContent"])
    except Exception:  # whatever a stranger calls signed, it stays a file
        return b""
