"""From a template and words to what is sent: a subject, plain text, and an HTML part made from that text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.db.models import Min
from django.template import Context, Engine
from django.template import Template as PageTemplate
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import override

from tartib.cases import hooks, kinds
from tartib.cases.models import workflow
from tartib.l10n.names import colon, direction
from tartib.l10n.sms import size
from tartib.notify import defaults, template_syntax
from tartib.notify.defaults import Wording
from tartib.notify.models import NEWS, Channel, Message, MessageKind, State, Template
from tartib.notify.template_syntax import Line
from tartib.notify.template_variables import address, unsubscribing, words_without_case
from tartib.shops.models import Shop

_BREAK = SafeString("<br>")
_FONTS = "'{}','Noto Sans','Noto Sans HK','Segoe UI',Tahoma,Arial,'PingFang HK','Microsoft JhengHei',sans-serif"
_BUTTONS = ("case_link", "support_link")
_MAIN = ("pay_link", "case_link", "desk_link", "undo_link")
_TO_PAGE = ("case_link", "follow_link")
MOST_PARTS = 2
"""How many parts an SMS may take with the words of its note in it."""
LONGEST_SUBJECT = 40
"""Characters of a request's subject in an SMS: as many as fit into that beside the other words, in any alphabet."""
_CHOICES = tuple(f"rate_{rating}" for rating in range(1, 6))
_OF_STRANGERS = frozenset({"customer_name", "greeting_name", "customer_phone", "customer_email"})
"""What anybody who orders can write into the letters of a shop: never a link there."""
_URL = re.compile(r"https?://[^\s<>\"'\u2066-\u2069]+")
_AFTER_URL = ".,;:!?)]}،؛。，；：）」»"
_LABEL_ENDS = " \t:：،,-–—·"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as it is sent; `subject` and `html` are empty where the channel has none.

    `link` is the path of the page that tells more, or where something is to be done.
    """

    subject: str
    text: str
    html: str
    link: str = ""


def render_all(messages: Sequence[Message]) -> dict[int, Rendered]:
    """Render messages whose `case` and `shop` are loaded.

    The words are read for all messages of a language together, so the number of queries depends on how many of the five
    languages there are, not on how many messages. Staff's wording is used where the shop has one.
    """
    own = {
        (t.shop_id, t.status, t.channel, t.language): Wording(t.subject, t.body)
        for t in Template.objects.filter(
            shop__in={message.shop_id for message in messages}, status__in={message.status for message in messages}
        )
    }
    firsts = _firsts(messages)
    circumstances = kinds.circumstances_of([message.case for message in messages if message.case])
    by_language: defaultdict[str, list[Message]] = defaultdict(list)
    for message in messages:
        by_language[message.language].append(message)
    rendered = {}
    for language, group in by_language.items():
        known = words_of({message.case_id for message in group if message.case_id}, language)
        for message in group:
            words = known.get(message.case_id or 0, {})
            words |= _message_words(message, circumstances.get(message.case_id or 0, frozenset()))
            text = own.get((message.shop_id, message.status, message.channel, message.language))
            made = render(
                text if text and message.kind in NEWS else _default(message, first=message.pk in firsts),
                words,
                channel=message.channel,
                language=language,
                shop=message.shop,
                kind=message.case.kind if message.case else "",
                unsubscribe=unsubscribing(message),
            )
            rendered[message.pk] = replace(made, link=_link(message, words))
    return rendered


def words_of(case_ids: set[int], language: str) -> dict[int, dict[str, str]]:
    """All registered words of these cases in `language`; a word that nobody fills is missing."""
    ids = sorted(case_ids)
    known: dict[int, dict[str, str]] = {case_id: {} for case_id in ids}
    with override(language):
        for source in hooks.connected.template_variables:
            for case_id, words in source.read(ids, language).items():
                known[case_id].update(words)
    return known


def status_words(workflow_id: int, status: str, language: str, circumstances: Collection[str] = ()) -> dict[str, str]:
    """What a message says of the status it tells: its name, and what it means for a customer in those circumstances."""
    there = workflow(workflow_id).statuses.get(status)
    if there is None:
        return {}
    return {"status": there.name.say(language), "status_text": there.told(circumstances).say(language)}


def render(
    text: Wording,
    words: Mapping[str, str],
    *,
    channel: str,
    language: str,
    shop: Shop,
    kind: str = "",
    unsubscribe: str = "",
) -> Rendered:
    """Fill a template. Never raises, whatever template and words hold: what is wrong is refused when it is saved.

    An e-mail ends with the address at which its reader says what they want to be told, where there is one.
    """
    words = {**words, "follow_link": "" if words.get("pay_link") else words.get("case_link", "")}
    if channel == Channel.SMS:
        return Rendered("", _short(text, words, language), "")
    lines = template_syntax.fill(template_syntax.parse_template(text.body), words)
    if channel == Channel.PUSH:
        title = template_syntax.one_line(
            template_syntax.plain(template_syntax.fill(template_syntax.parse_template(text.subject), words))
        )
        return Rendered(title or template_syntax.one_line(shop.name), template_syntax.plain(lines), "")
    lines = (*lines, *_missing_links(lines, words, language, kind))
    subject = template_syntax.one_line(
        template_syntax.plain(template_syntax.fill(template_syntax.parse_template(text.subject), words))
    )
    foot = _foot(language) if unsubscribe else ""
    plain = template_syntax.plain(lines) + (f"\n\n{foot}{colon(language)}{unsubscribe}" if foot else "")
    return Rendered(
        subject or template_syntax.one_line(shop.name), plain, _html(lines, language, shop, foot, unsubscribe)
    )


def _short(text: Wording, words: Mapping[str, str], language: str) -> str:
    """An SMS; where a note makes it long, and it leads to the page where the note stands, it says that there is one."""
    template, subject = template_syntax.parse_template(text.body), words.get("request_subject", "")
    if len(subject) > LONGEST_SUBJECT:
        words = {**words, "request_subject": f"{subject[:LONGEST_SUBJECT].rstrip()}…"}
    whole = template_syntax.plain(template_syntax.fill(template, words))
    leads = any(words.get(part.word) for line in template for part in line if part.word in _TO_PAGE)
    if not words.get("note") or not leads or size(whole).parts <= MOST_PARTS:
        return whole
    brief = template_syntax.plain(template_syntax.fill(template, {**words, "note": defaults.brief_note(language)}))
    return brief if size(brief).parts < size(whole).parts else whole


def _link(message: Message, words: Mapping[str, str]) -> str:
    if message.case is None:
        return ""
    if message.kind == MessageKind.FEEDBACK:
        return urlsplit(words.get("feedback_link", "")).path
    where = "#identity" if message.kind == MessageKind.IDENTITY else ""
    return f"/t/{message.case.token}/?language={message.language}{where}"


def _foot(language: str) -> str:
    with override(language):
        return _("Choose what we write to you about")


def _message_words(message: Message, circumstances: frozenset[str]) -> dict[str, str]:
    if message.case is None:
        return words_without_case(message)
    words = status_words(message.case.workflow_id, message.status, message.language, circumstances)
    words |= {"note": message.note}
    if message.kind == MessageKind.PLACED and message.case.status != message.status:
        # It has moved on before this went: what the first status asks for may be done.
        words["status_text"] = ""
    if message.kind not in NEWS:
        area = kinds.connected[message.case.kind].area
        words["desk_link"] = f"{address()}/desk/{message.shop.slug}/{area}/{message.case.code}/"
    return words


def _default(message: Message, *, first: bool) -> Wording:
    if message.kind == MessageKind.REQUEST:
        return defaults.letter(message.kind, message.channel, message.language, message.status)
    if message.kind in (MessageKind.IDENTITY, MessageKind.REPLY, MessageKind.LEFT, MessageKind.FEEDBACK):
        of = message.case.kind if message.case else ""
        return defaults.letter(message.kind, message.channel, message.language, of=of)
    if message.case is None:
        return defaults.without_case(message.kind, message.status, message.channel, message.language)
    if message.kind not in NEWS:
        return defaults.to_shop(message.kind, message.channel, message.language, message.case.kind)
    flow = workflow(message.case.workflow_id)
    there = flow.statuses.get(message.status)
    phase = there.phase if there else "working"
    placed = message.kind == MessageKind.PLACED
    return defaults.wording(phase, message.channel, message.language, first=first, placed=placed, kind=flow.kind)


def _firsts(messages: Sequence[Message]) -> set[int]:
    """Those of the messages before which their customer was told nothing of the case by that channel."""
    cases = {message.case_id for message in messages if message.case_id}
    told = (
        Message.objects.filter(case__in=cases, kind__in=NEWS)
        .exclude(state__in=(State.MERGED, State.WITHDRAWN, State.OFF))
        .values_list("case_id", "channel")
        .annotate(Min("pk"))
    )
    earliest: dict[tuple[int | None, str], int] = {(case_id, channel): pk for case_id, channel, pk in told}
    return {m.pk for m in messages if earliest.get((m.case_id, m.channel), m.pk) >= m.pk}


def _missing_links(lines: Sequence[Line], words: Mapping[str, str], language: str, kind: str) -> tuple[Line, ...]:
    """The links to case and support, which every e-mail to a customer has, so far as its text leaves them out."""
    if "desk_link" in words:
        return ()
    used = {part.word for line in lines for part in line}
    rows = zip(_BUTTONS, defaults.link_lines(language, kind), strict=True)
    missing = "\n".join(line for word, line in rows if word not in used)
    added = template_syntax.fill(template_syntax.parse_template(missing), words)
    return ((), *added) if added else ()


def _html(lines: Sequence[Line], language: str, shop: Shop, foot: str, unsubscribe: str) -> str:
    """The e-mail as a page: paragraphs as written, a line that is only a link to case, support or desk as a button."""
    blocks: list[dict[str, object]] = []
    paragraph: list[SafeString] = []

    def finish() -> None:
        if paragraph:
            blocks.append({"text": format_html_join(_BREAK, "{}", ((row,) for row in paragraph))})
            paragraph.clear()

    for line in lines:
        button = _button(line)
        if button:
            finish()
            # One act is the likeliest: the first of the main ones.
            button["first"] = button["first"] and not any(block.get("first") for block in blocks)
            blocks.append(button)
        elif [part.word for part in line] == ["code"]:
            finish()
            blocks.append({"code": line[0].text})
        elif line:
            paragraph.append(_line_html(line))
        else:
            finish()
    finish()
    right = direction(language) == "rtl"
    context = {
        "blocks": blocks,
        "language": shop.tag(language),
        "direction": "rtl" if right else "ltr",
        "align": "right" if right else "left",
        "leading": "1.7" if right else "1.5",
        "fonts": format_html(_FONTS, "Noto Sans Arabic" if language[:2] == "ar" else "Vazirmatn"),
        "shop": shop,
        "on_colour": _readable_on(shop.colour),
        "foot": foot,
        "unsubscribe": unsubscribe,
    }
    return str(_page().render(Context(context)))


@cache
def _page() -> PageTemplate:
    engine = Engine(dirs=[str(Path(__file__).parent / "templates")])
    return engine.get_template("notify/email.html")


def _button(line: Line) -> dict[str, object] | None:
    placed = [part for part in line if part.word]
    if len(placed) != 1 or placed[0].word not in (*_MAIN, *_BUTTONS, *_CHOICES) or not _URL.fullmatch(placed[0].text):
        return None
    label = "".join(part.text for part in line if not part.word).strip(_LABEL_ENDS)
    if not label or len(label) > 60:
        return None
    return {"label": label, "url": placed[0].text, "first": placed[0].word in _MAIN}


def _line_html(line: Line) -> SafeString:
    parts: list[SafeString] = []
    for part in line:
        shown = escape if part.word in _OF_STRANGERS else _linked
        rows = format_html_join(_BREAK, "{}", ((shown(row),) for row in part.text.split("\n")))
        parts.append(format_html("<bdi>{}</bdi>", rows) if part.word else rows)
    # What the message is about: its line with the status stands out.
    whole = "<strong>{}</strong>" if any(part.word == "status" for part in line) else "{}"
    return format_html(whole, format_html_join("", "{}", ((part,) for part in parts)))


def _linked(text: str) -> SafeString:
    """Escaped text with its web addresses as links."""
    parts: list[SafeString] = []
    end = 0
    for found in _URL.finditer(text):
        url = found[0].rstrip(_AFTER_URL)
        parts += [format_html("{}", text[end : found.start()]), format_html('<a href="{}">{}</a>', url, url)]
        end = found.start() + len(url)
    parts.append(format_html("{}", text[end:]))
    return format_html_join("", "{}", ((part,) for part in parts))


def _readable_on(colour: str) -> str:
    """Black or white, whichever is easier to read on `colour` (#rrggbb), by WCAG's relative luminance."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        return "#ffffff"
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (luminance + 0.05) ** 2 > 0.0525 else "#ffffff"
