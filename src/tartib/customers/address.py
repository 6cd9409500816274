"""A postal address as it was given, in one value that orders keep a copy of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from tartib.l10n import names, phones, postal


@dataclass(frozen=True)
class Address:
    """Where something is sent or billed. All parts are free text; `country` is ISO 3166-1 alpha-2 or empty."""

    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    phone: str = ""
    email: str = ""

    @classmethod
    def read(cls, data: Mapping[str, object]) -> Address:
        """Take the known parts of a stored or received mapping; anything else is left out."""
        return cls(**{part.name: str(data.get(part.name) or "") for part in fields(cls)})

    def as_data(self) -> dict[str, str]:
        """The parts that are not empty, for storing as JSON."""
        return {name: value for name, value in vars(self).items() if value}

    @property
    def dialled(self) -> str:
        """The number that is called; `phone` may say more."""
        return phones.read_phone(self.phone, self.country).number

    @property
    def lines(self) -> list[str]:
        """The address in the order of its country, a line each, without what is empty."""
        return self._lines(self.country)

    def lines_in(self, language: str) -> list[str]:
        """The same as people read it: the country by its name in that language."""
        return self._lines(names.country(self.country, language))

    def _lines(self, called: str) -> list[str]:
        parts: dict[postal.Part, str] = {
            "name": self.name, "company": self.company, "city": self.city, "region": self.region,
            "postcode": self.postcode,
        }  # fmt: skip
        return postal.lines(parts, (self.line1, self.line2), self.country, called)
