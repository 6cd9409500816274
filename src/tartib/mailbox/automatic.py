"""Subjects by which programs answer in their owner's place, as mail programs write them in many languages. Pure.

Headers that say so are the rule (RFC 3834), but not every program writes them.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 300

# That it is an automatic answer is said outright.
_ANSWERS = """auto(?:mat(?:ic|ed))?[ -]?(?:reply|response|answer)|auto-re|autoresponder|vacation (?:reply|notice)
    |auto(?:matische)?[ -]?(?:rück)?antwort|automatisch (?:generierte|erstellte) (?:antwort|nachricht)
    |abwesenheits(?:notiz|nachricht|meldung|benachrichtigung|assistent|agent)
    |réponse automatique(?: d'absence)?|(?:message|réponse|notification|avis) (?:automatique )?d'absence
    |respuesta automática|resposta automática|risposta automatica|automatisch antwoord|automati(?:skt?|sch) svar
    |autosvar|otomatik (?:yanıt|cevap)|odpowiedź automatyczna|automatyczna odpowiedź
    |automatická odpov[eě]ď|automaattinen vastaus|automatikus válasz|răspuns automat|αυτόματη απάντηση
    |автоматична відповідь|автовідповідь|автовідповідач|відповідь автовідповідача
    |автоматический ответ|автоответ(?:чик)?|תשובה אוטומטית|מענה אוטומטי
    |(?:ال)?رد (?:ال)?(?:تلقائي|آلي)|پاسخ(?:گوی)? (?:خودکار|اتوماتیک)
    |(?:休假|外出|不在)?(?:中)?[-—]?(?:自動回覆|自動回應|自動回信|自動答覆|自动回复|自动答复|自動返信|自動応答)
    |休假通知|자동 (?:회신|응답)|trả lời tự động|balasan otomatis|jawapan automatik"""

# Only where somebody is: a person writes of that as well, so it has to be all, or to stand before what is answered.
_AWAY = """out of (?:the )?office|abwesend|nicht im büro|außer haus|(?:absent|absence|hors) du bureau
    |fuera de la oficina|fuori (?:sede|ufficio)|fora do escritório|poza biurem|ofis dışında
    |поза офісом|відсутн(?:ій|я|ість) (?:в офісі|на робочому місці|на роботі)|вне офиса
    |خارج المكتب|خارج از (?:دفتر|محل کار)|不在辦公室|不在办公室|外出通知"""


def _one_of(phrases: str) -> str:
    return "|".join(phrase.strip().replace(" ", r"\s+") for phrase in phrases.split("|"))


_RE = r"(?:re|aw|tr|відп|вх|رد|پاسخ|回覆|回复)\s*[:：]"
_SUBJECT = re.compile(
    rf"[\[(【]?\s*(?:(?:{_one_of(_AWAY)})\s+)?(?:{_one_of(_ANSWERS)})\s*(?:[:：–—\])】-].*|\s{_RE}.*|[.!]?)"
    rf"|[\[(【]?\s*(?:{_one_of(_AWAY)})\s*(?:[:：\])】].*|\s{_RE}.*|[.!]?)",
    re.IGNORECASE | re.DOTALL,
)


def says_automatic(subject: str) -> bool:
    """Whether a letter with that subject was written by a program that answers while its owner is away."""
    plain = unicodedata.normalize("NFC", subject[:LONGEST]).replace("’", "'").strip()
    return bool(_SUBJECT.fullmatch(plain))
