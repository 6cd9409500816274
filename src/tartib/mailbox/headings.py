"""The names of an e-mail's headers as mail programs write them above what they quote, in many languages."""

from __future__ import annotations

import unicodedata

_NAMES = {
    "from": """from|من|المرسل|از|از طرف|فرستنده|від|від кого|відправник|寄件者|寄件人|發件人|发件人|來自|von
        |absender|de|expéditeur|remitente|da|mittente|от|от кого|отправитель|kimden
        |gönderen|van|afzender|från|fra|od|nadawca|odesílatel|feladó|差出人|送信者|보낸 사람|dari
        |từ|จาก|מאת|από|lähettäjä""",
    "sent": """sent|date|sent on|التاريخ|تاريخ|تاريخ الإرسال|أرسلت|تم الإرسال|تم الإرسال في
        |الإرسال|تاریخ|تاریخ ارسال|ارسال شده|ارسال شده در|فرستاده شده|زمان|надіслано
        |відправлено|дата|дата надсилання|час|傳送時間|傳送日期|寄件日期|日期|發送時間|发送时间|已傳送|時間
        |gesendet|datum|envoyé|envoyé le|date d'envoi|enviado|enviado el|fecha
        |enviada em|data|inviato|отправлено|gönderildi|gönderme tarihi|tarih|verzonden
        |skickat|sendt|sendt dato|wysłano|odesláno|送信日時|日付|보낸 날짜|날짜|dikirim|tanggal|נשלח
        |תאריך""",
    "to": """to|إلى|الى|المستلم|به|گیرنده|кому|одержувач|收件者|收件人|發送至|an|empfänger|à
        |destinataire|para|a|destinatario|alıcı|kime|aan|till|til|do|komu|宛先|받는 사람
        |kepada|אל""",
    "subject": """subject|الموضوع|موضوع|тема|主旨|主題|主题|標題|标题|betreff|objet|sujet|asunto|assunto
        |oggetto|konu|onderwerp|ämne|emne|temat|předmět|tárgy|件名|제목|perihal|subjek|נושא
        |θέμα|aihe""",
}


def _folded(name: str) -> str:
    """Without marks above letters and joiners inside words, in small letters."""
    plain = unicodedata.normalize("NFKD", name.replace("\u200c", " ").replace("\u00a0", " ")).casefold()
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())


_KINDS = {_folded(name): kind for kind, names in _NAMES.items() for name in names.split("|")}


def kind_of(name: str) -> str:
    """Which header is called so: from, sent, to or subject; "" for any other."""
    return _KINDS.get(_folded(name), "")
