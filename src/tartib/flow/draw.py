"""A workflow as a picture: Mermaid, which code hosts draw, and a page for people around it."""

from itertools import groupby

from tartib.flow.presets import preset, presets
from tartib.flow.words import LANGUAGES
from tartib.flow.workflow import Move, Workflow

# Fill, border and text of each phase: light enough for dark text of at least 7 : 1 contrast.
_PHASE_STYLES = {
    "waiting": ("#fff3cd", "#b7791f", "#3d2c00"),
    "working": ("#dbeafe", "#1d4ed8", "#0b2559"),
    "moving": ("#e0e7ff", "#4338ca", "#1e1b4b"),
    "ready": ("#ccfbf1", "#0f766e", "#042f2e"),
    "done": ("#dcfce7", "#15803d", "#052e16"),
    "ended": ("#e5e7eb", "#6b7280", "#1f2937"),
    "problem": ("#fee2e2", "#b91c1c", "#450a0a"),
}
_LANGUAGE_NAMES = {"en": "English", "ar": "العربية", "fa": "فارسی", "uk": "Українська", "zh-hant": "繁體中文"}


def draw(workflow: Workflow, language: str = "en") -> str:
    """The workflow as a Mermaid flowchart, coloured by phase.

    A solid line is a move by hand, a dotted one an event, a thick one a timer. Lines by hand into problem and ended
    statuses carry no words: there are many of them, and the table beside the picture has them all.
    """
    lines = ["flowchart TD", f"  begin((●)) --> {_id(workflow.start)}"]
    for code, status in workflow.statuses.items():
        shape = ("([", "])") if status.closed else ("[", "]")
        lines.append(f"  {_id(code)}{shape[0]}{_quoted(status.name.say(language))}{shape[1]}:::{status.phase}")
    by_line = sorted(workflow.moves, key=lambda move: (_rank(workflow, move.source), _rank(workflow, move.target), move.by))
    for (source, target, by), moves in groupby(by_line, key=lambda move: (move.source, move.target, move.by)):
        words = "" if by == "hand" and _aside(workflow, target) else _edge_words(list(moves), language)
        lines.append(f"  {_id(source)} {_ARROWS[by]}{words} {_id(target)}")
    for phase in dict.fromkeys(status.phase for status in workflow.statuses.values()):
        fill, stroke, colour = _PHASE_STYLES[phase]
        lines.append(f"  classDef {phase} fill:{fill},stroke:{stroke},color:{colour}")
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """File name -> Markdown text: a page for each preset and the list of them, for `docs/workflows/`."""
    drawn = {code: preset(code) for code in presets()}
    return {"README.md": _index(drawn)} | {f"{code}.md": _page(workflow) for code, workflow in drawn.items()}


_ARROWS = {"hand": "-->", "event": "-.->", "timer": "==>"}


def _id(code: str) -> str:
    # A prefix keeps codes such as "end" from being read as Mermaid's own words.
    return "s_" + code.replace("-", "_")


def _rank(workflow: Workflow, code: str) -> int:
    return list(workflow.statuses).index(code)


def _aside(workflow: Workflow, code: str) -> bool:
    return workflow.status(code).phase in ("ended", "problem")


def _edge_words(moves: list[Move], language: str) -> str:
    return "|" + _quoted("<br/>".join(_way(move, language) for move in moves)) + "|"


def _way(move: Move, language: str) -> str:
    return move.label.say(language) + (f" · {_time(move)}" if move.after else "")


def _time(move: Move) -> str:
    if not move.after:
        return ""
    hours = int(move.after.total_seconds() // 3600)
    return f"{hours // 24} d" if hours % 24 == 0 else f"{hours} h"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "#quot;") + '"'


def _index(drawn: dict[str, Workflow]) -> str:
    rows = [
        f"| [{workflow.name.say('en')}]({code}.md) | `{code}` | {len(workflow.statuses)} | {len(workflow.moves)} |"
        for code, workflow in drawn.items()
    ]
    return "\n".join(
        [
            "# Workflows that ship with Tartib",
            "",
            "Drawn from `src/tartib/flow/presets/` by `tartib draw`. Change the preset, not these pages.",
            "",
            "| Workflow | Code | Statuses | Moves |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _page(workflow: Workflow) -> str:
    return "\n".join(
        [
            f"# {workflow.name.say('en')}",
            "",
            f"Drawn from `src/tartib/flow/presets/{workflow.code}.toml` by `tartib draw`. Change the preset, not this page.",
            "",
            "```mermaid",
            draw(workflow).rstrip("\n"),
            "```",
            "",
            "Solid line: by hand. Dotted: an event. Thick: a timer.",
            "",
            "## Statuses",
            "",
            *_status_table(workflow),
            "",
            "## What the customer reads, what staff do",
            "",
            *_text_table(workflow),
            "",
            "## Moves",
            "",
            *_move_table(workflow),
            "",
        ]
    )


def _status_table(workflow: Workflow) -> list[str]:
    languages = [language for language in LANGUAGES if language != "en"]
    head = ["Code", *(_LANGUAGE_NAMES[language] for language in LANGUAGES), "Phase", "Progress", "Within"]
    rows = [
        [
            f"`{status.code}`",
            status.name.say("en"),
            *(status.name.say(language) for language in languages),
            status.phase,
            f"{status.progress} %",
            f"{status.within.total_seconds() / 3600:g} h" if status.within else "",
        ]
        for status in workflow.statuses.values()
    ]
    return _table(head, rows)


def _text_table(workflow: Workflow) -> list[str]:
    rows = [
        [status.name.say("en"), status.customer.say("en"), status.meaning.say("en"), status.action.say("en")]
        for status in workflow.statuses.values()
    ]
    return _table(["Status", "Customer reads", "It means", "Staff do"], rows)


def _move_table(workflow: Workflow) -> list[str]:
    rows = [
        [
            f"`{move.source}`",
            f"`{move.target}`",
            move.label.say("en"),
            {"hand": "by hand", "event": f"`{move.event}`", "timer": f"after {_time(move)}"}[move.by],
            _codes(move.guards),
            _codes(move.effects),
            ", ".join(move.roles),
            "yes" if move.note_required else "",
            ", ".join(move.notify),
        ]
        for move in workflow.moves
    ]
    return _table(["From", "To", "Act", "How", "Only if", "Effects", "Roles", "Note", "Tells by"], rows)


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    cells = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in cells]
