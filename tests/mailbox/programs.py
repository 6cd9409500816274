"""Letters as ten mail programs write them in five languages, and letters that only look as if they quoted something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

SHOP = "shop@example.com"


@dataclass(frozen=True, slots=True)
class Speech:
    """A language as customers and their mail programs write it."""

    own: str
    asked: str
    wrote: str
    apple: str
    headers: tuple[str, str, str, str]
    original: str
    sent: str


SPEECHES = {
    "en": Speech(
        "Hello,\n\nplease send the blue one to 5 Lake Street.\nThank you, Sara",
        "Which colour would you like?",
        f"On Sun, 22 Nov 2026 at 10:00, Shop <{SHOP}> wrote:",
        f"On 22 Nov 2026, at 10:00, Shop <{SHOP}> wrote:",
        ("From", "Sent", "To", "Subject"), "Original Message", "Sunday, 22 November 2026 10:00",
    ),
    "ar": Speech(
        "مرحباً،\n\nأرجو إرسال الأزرق إلى شارع البحيرة 5.\nشكراً، سارة",
        "أيّ لون تفضّلين؟",
        f"في الأحد، 22 نوفمبر 2026 في 10:00 ص تمت كتابة ما يلي بواسطة متجر <\u200f{SHOP}>:",
        f"في ٢٢ نوفمبر ٢٠٢٦، الساعة ١٠:٠٠ ص، كتب متجر <{SHOP}>:",
        ("من", "تاريخ الإرسال", "إلى", "الموضوع"), "الرسالة الأصلية", "الأحد، 22 نوفمبر 2026 10:00",
    ),
    "fa": Speech(
        "سلام\n\nلطفاً آبی را به خیابان دریاچه، پلاک ۵ بفرستید.\nسپاس، سارا",
        "کدام رنگ را می‌خواهید؟",
        f"در تاریخ یکشنبه ۲۲ نوامبر ۲۰۲۶ ساعت ۱۰:۰۰ فروشگاه <{SHOP}> نوشت:",
        f"در ۲۲ نوامبر ۲۰۲۶، ساعت ۱۰:۰۰، فروشگاه <{SHOP}> نوشته است:",
        ("از", "تاریخ", "به", "موضوع"), "پیام اصلی", "یکشنبه ۱ آذر ۱۴۰۵ ۱۰:۰۰",
    ),
    "uk": Speech(
        "Доброго дня!\n\nНадішліть, будь ласка, синю на вул. Озерну, 5.\nДякую, Сара",
        "Який колір бажаєте?",
        f"нд, 22 лист. 2026 р. о 10:00 Крамниця <{SHOP}> пише:",
        f"22 лист. 2026 р. о 10:00 Крамниця <{SHOP}> написав(ла):",
        ("Від", "Надіслано", "Кому", "Тема"), "Вихідне повідомлення", "неділя, 22 листопада 2026 р. 10:00",
    ),
    "zh": Speech(
        "你好：\n\n請將藍色那件送到湖街5號。\n謝謝，Sara",
        "你想要哪種顏色？",
        f"商店 <{SHOP}> 於 2026年11月22日 週日 上午10:00寫道：",
        f"商店 <{SHOP}> 於 2026年11月22日 10:00 寫道：",
        ("寄件者", "寄件日期", "收件者", "主旨"), "原始郵件", "2026年11月22日 星期日 10:00",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """A letter's text, as plain text or HTML, and what of it its writer wrote."""

    name: str
    text: str
    own: str
    html: bool = False


def _marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _html(text: str) -> str:
    return "".join(f"<div>{escape(line) or '<br>'}</div>" for line in text.split("\n"))


def _headers(speech: Speech, *, bold: bool = False) -> list[str]:
    values = (f"Shop <{SHOP}>", speech.sent, "Sara <sara@example.com>", "Re: 17")
    mark = "*" if bold else ""
    return [f"{mark}{name}:{mark} {value}" for name, value in zip(speech.headers, values, strict=True)]


def _bold(speech: Speech) -> str:
    lines = (line.partition(": ") for line in _headers(speech))
    return "<br>".join(f"<b>{escape(name)}:</b> {escape(value)}" for name, _colon, value in lines)


def written() -> Iterator[Sample]:
    """Each program's letter in each language."""
    for language, one in SPEECHES.items():
        asked = f"{one.asked}\n\nShop"
        block = "\n".join(_headers(one))
        plain = {
            "gmail": f"{one.own}\n\n{one.wrote}\n\n{_marked(asked)}\n",
            "gmail glued": f"{one.own}\n{one.wrote}\n{_marked(asked)}\n",
            "apple": f"{one.own}\n\n{_marked(f'{one.apple}{chr(10)}{chr(10)}{asked}')}\n",
            "thunderbird": f"{one.own}\n\n{one.apple}\n{_marked(asked)}\n\n-- \nSara\n",
            "outlook": f"{one.own}\n\n________________________________\n{block}\n\n{asked}\n",
            "outlook classic": f"{one.own}\n\n-----{one.original}-----\n{block}\n\n{asked}\n",
            "samsung": f"{one.own}\n\n\n-------- {one.original} --------\n{block}\n\n{asked}\n",
            "outlook for ios": "\n".join((one.own, "", "_" * 32, *_headers(one, bold=True), "", asked)),
            "proton": f"{one.own}\n\n------- {one.original} -------\n{one.wrote}\n\n{_marked(asked)}\n",
            "qq": f"{one.own}\n\n------------------ {one.original} ------------------\n"
            + "\n".join(f"{line};" for line in _headers(one))
            + f"\n\n{asked}\n",
        }
        rich = {
            "gmail": f'<div dir="auto">{_html(one.own)}</div><br><div class="gmail_quote"><div class="gmail_attr">'
            f'{escape(one.wrote)}<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px '
            f'#ccc solid;padding-left:1ex">{_html(asked)}</blockquote></div>',
            "apple": f"{_html(one.own)}<div><br><blockquote type='cite'><div>{escape(one.apple)}</div><br>"
            f"{_html(asked)}</blockquote></div>",
            "outlook web": f'{_html(one.own)}<div id="appendonsend"></div><hr><div id="divRplyFwdMsg" dir="ltr">'
            f"{_bold(one)}<div>&nbsp;</div></div>{_html(asked)}",
            "outlook": f"<p class=MsoNormal>{escape(one.own).replace(chr(10), '</p><p class=MsoNormal>')}</p><div>"
            "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>"
            f"<p class=MsoNormal>{_bold(one)}</p></div></div>{_html(asked)}",
            "yahoo": f'{_html(one.own)}<div id="yahoo_quoted_1" class="yahoo_quoted"><div>'
            f"<div>{escape(one.wrote)}</div><div><br></div>{_html(asked)}</div></div>",
        }
        for program, text in plain.items():
            yield Sample(f"{language} {program}", text, one.own)
        for program, text in rich.items():
            yield Sample(f"{language} {program} html", f"<html><body>{text}</body></html>", one.own, html=True)


OWN = {
    "en wrote": "Hello,\n\nyour courier wrote to me on 12 November:\nI cannot find your house.\n\nHis number is wrong.",
    "ar wrote": "مرحباً،\n\nكتب لي المندوب في 12 نوفمبر:\nلا أجد العنوان.\n\nأرجو إعادة الإرسال.",
    "fa wrote": "سلام\n\nپیک شما در تاریخ ۱۲ آبان برای من نوشت:\nآدرس را پیدا نمی‌کنم.\n\nلطفاً دوباره بفرستید.",
    "uk wrote": "Доброго дня!\n\nКур’єр 12 листопада мені написав:\nНе знайшов будинку.\n\nНадішліть ще раз.",
    "zh wrote": "你好：\n\n送貨員在11月12日寫道：\n找不到地址。\n\n請再送一次。",
    "address wrote": f"As Shop <{SHOP}> wrote on 12 Nov 2026:\nit comes on Friday.\n\nWhere is it?",
    "from and date": "Move it, please.\n\nFrom: 12 Hill Road\nTo: 7 Lake Street\nDate: 2 December\n\nCall me first.",
    "ar from and date": "أرجو النقل.\n\nمن: شارع 12\nإلى: شارع 7\nالتاريخ: 2 ديسمبر\n\nاتصلوا بي أولاً.",
    "uk from and date": "Перенесіть.\n\nВід: вул. Озерна, 12\nКому: Сарі\nДата: 2 грудня\n\nСпершу зателефонуйте.",
    "contact": "Name: Sara <sara@example.com>\nPhone: 050 123 45 67\nAddress: 5 Lake Street\n\nPlease call me.",
    "dashes": "First order: blue, size M\n--\nSecond order: cancel it\n--\nThank you",
    "rule": "The first is right.\n\n--------------------------------\n\nThe second is broken.",
    "divider": "One thing.\n\n---- second order ----\n\nIt never came.",
    "list": "I ordered:\n- a shirt\n- a belt\n\nOnly the belt came.",
    "regards in the middle": "Best regards to Nadia,\nwho helped me so well.\n\nBut the cup is broken.",
    "between": "> Which one?\nThe blue one.\n> And which size?\nL, please.",
    "under": f"On Sun, 22 Nov 2026, Shop <{SHOP}> wrote:\n> Which one?\n\nThe blue one.",
    "colon and digits": "It came on 22 November:\nthe box was wet.",
    "only a quotation": "> Only a quotation",
}
"""Letters all of which is their writer's own."""
