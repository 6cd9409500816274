"""Folding: one spelling for what a reader takes as the same letter, so that text is found however it was typed.

Case, width and ligatures (Unicode compatibility forms), diacritics and vowel marks, Arabic and Persian letter variants
(ي ی ى, ك ک, ة ه, أ إ آ ا), tatweel, invisible joiners and direction marks, and Chinese characters that Hong Kong and
Taiwan write in two ways.
"""

import unicodedata
from typing import Final

# After decomposition: letters that Unicode does not decompose, though readers take them as one.
_SAME: Final = {
    # Arabic script, to the Persian forms
    "ي": "ی",
    "ى": "ی",
    "ې": "ی",
    "ے": "ی",
    "ك": "ک",
    "ڪ": "ک",
    "ة": "ه",
    "ہ": "ه",
    "ھ": "ه",
    "ە": "ه",
    "ٱ": "ا",
    "ء": "",
    "ـ": "",
    # Ukrainian: many keyboards lack ґ
    "ґ": "г",
    # Latin
    "ı": "i",
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "æ": "ae",
    "œ": "oe",
    # Chinese, to the commoner of two traditional forms
    "臺": "台",
    "裏": "裡",
    "綫": "線",
    "峯": "峰",
    "啓": "啟",
    "羣": "群",
    "爲": "為",
    "衞": "衛",
    "户": "戶",
    "牀": "床",
    "麪": "麵",
    "着": "著",
    "鷄": "雞",
}


class _Fold(dict[int, str]):
    """Code point -> its folded text, worked out at first sight: `str.translate` then runs at C speed."""

    def __missing__(self, point: int) -> str:
        folded = "".join(self._letters(unicodedata.normalize("NFKC", chr(point)).casefold()))
        self[point] = unicodedata.normalize("NFC", folded)
        return self[point]

    @staticmethod
    def _letters(text: str) -> list[str]:
        decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        return [
            _SAME.get(letter, letter)
            for letter in decomposed
            # Mn: marks on letters. Cf: joiners, direction marks, soft hyphen.
            if unicodedata.category(letter) not in ("Mn", "Cf")
        ]


_FOLD: Final = _Fold()


def fold(text: str) -> str:
    """The text with every letter folded; blanks and punctuation stay."""
    return text.lower() if text.isascii() else text.translate(_FOLD)
