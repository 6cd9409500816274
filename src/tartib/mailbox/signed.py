"""Words that their writer's program signed: taken out of the signature, which nobody here checks. Pure."""

from __future__ import annotations

import re

SIGNED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_BEGINS, _SIGNATURE, _ENDS = (
    re.compile(rf"^-----{line}-----[ \t]*$", re.MULTILINE)
    for line in ("BEGIN PGP SIGNED MESSAGE", "BEGIN PGP SIGNATURE", "END PGP SIGNATURE")
)
_HEADERS = re.compile(r"\n(?:Hash: [^\n]*\n)*\n")
_ESCAPED = re.compile(r"^- ", re.MULTILINE)


def without_armor(text: str) -> str:
    """A text without the frame that OpenPGP sets around words it signs (RFC 9580, 7); its lines end with line feeds.

    What is no whole frame stays as it is.
    """
    kept, at = [], 0
    while (
        (begins := _BEGINS.search(text, at))
        and (signature := _SIGNATURE.search(text, begins.end()))
        and (ends := _ENDS.search(text, signature.end()))
    ):
        headers = _HEADERS.match(text, begins.end(), signature.start())
        if headers:
            words = text[headers.end() : signature.start()].removesuffix("\n")
            kept += [text[at : begins.start()], _ESCAPED.sub("", words)]
        else:
            kept.append(text[at : ends.end()])
        at = ends.end()
    return "".join((*kept, text[at:]))


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
