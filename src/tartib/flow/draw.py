"""A workflow as a picture: Mermaid, which code hosts draw, and a page for people around it."""

from tartib.flow.presets import preset, presets
from tartib.flow.reading import duration_text
from tartib.flow.words import LANGUAGES
from tartib.flow.workflow import Move, Status, Workflow

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
_ARROWS = {"hand": "-->", "event": "-.->", "timer": "==>"}
_FAN = 3  # sources from which one and the same act is drawn as a fan
_LANGUAGE_NAMES = {"en": "English", "ar": "العربية", "fa": "فارسی", "uk": "Українська", "zh-hant": "繁體中文"}


def draw(workflow: Workflow, language: str = "en") -> str:
    """The workflow as a Mermaid flowchart, coloured by phase.

    A solid line is a move by hand, a dotted one an event, a thick one a timer. A move that leaves many statuses for the
    same one is drawn once, from a dashed box that names them: the way through stays visible.
    """
    lines = ["flowchart TD", f"  begin((●)) --> {_id(workflow.start)}"]
    for code, status in workflow.statuses.items():
        shape = ("([", "])") if status.closed else ("[", "]")
        lines.append(f"  {_id(code)}{shape[0]}{_quoted(status.name.say(language))}{shape[1]}:::{status.phase}")
    single, fans = _edges(workflow)
    for (source, target, by), moves in single.items():
        ways = " / ".join(_way(move, language) for move in moves)
        lines.append(f"  {_id(source)} {_ARROWS[by]}|{_quoted(ways)}| {_id(target)}")
    for number, moves in enumerate(fans, 1):
        names = " · ".join(workflow.status(move.source).name.say(language) for move in moves)
        arrow, way = _ARROWS[moves[0].by], _quoted(_way(moves[0], language))
        lines.append(f"  fan{number}[{_quoted(names)}]:::fan {arrow}|{way}| {_id(moves[0].target)}")
    for phase in dict.fromkeys(status.phase for status in workflow.statuses.values()):
        fill, stroke, colour = _PHASE_STYLES[phase]
        lines.append(f"  classDef {phase} fill:{fill},stroke:{stroke},color:{colour}")
    if fans:
        lines.append("  classDef fan fill:none,stroke:#6b7280,stroke-dasharray:4 3,font-size:12px")
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """File name -> Markdown text: a page for each preset and the list of them, for `docs/workflows/`."""
    drawn = {code: preset(code) for code in presets()}
    return {"README.md": _index(drawn)} | {f"{code}.md": _page(workflow) for code, workflow in drawn.items()}


def _id(code: str) -> str:
    # A prefix keeps codes such as "end" from being read as Mermaid's own words.
    return "s_" + code.replace("-", "_")


def _edges(workflow: Workflow) -> tuple[dict[tuple[str, str, str], list[Move]], list[list[Move]]]:
    """The moves as lines between two statuses, by (source, target, by), and those that are drawn as a fan."""
    acts: dict[tuple[str, str, str | None, str], list[Move]] = {}
    for move in workflow.moves:
        acts.setdefault((move.target, move.by, move.event, move.label.say("en")), []).append(move)
    single: dict[tuple[str, str, str], list[Move]] = {}
    for moves in acts.values():
        if len(moves) < _FAN:
            for move in moves:
                single.setdefault((move.source, move.target, move.by), []).append(move)
    return single, [moves for moves in acts.values() if len(moves) >= _FAN]


def _way(move: Move, language: str) -> str:
    return move.label.say(language) + (f" · {duration_text(move.after)}" if move.after else "")


def _quoted(text: str) -> str:
    # Names are a shop's own words: nothing in them may end the quotes or become markup.
    for sign, entity in (("&", "#amp;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        text = text.replace(sign, entity)
    return '"' + " ".join(text.split()) + '"'


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
            f"Drawn from `src/tartib/flow/presets/{workflow.code}.toml` by `tartib draw`."
            " Change the preset, not this page.",
            "",
            "```mermaid",
            draw(workflow).rstrip("\n"),
            "```",
            "",
            "Solid line: by hand. Dotted: an event. Thick: a timer."
            " A dashed box names the statuses that one act leaves.",
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
    head = ["Code", *(_LANGUAGE_NAMES[language] for language in LANGUAGES), "Phase", "Progress", "Within", "Only for"]
    rows = [
        [
            f"`{status.code}`",
            status.name.say("en"),
            *(status.name.say(language) for language in languages),
            status.phase,
            f"{status.progress} %",
            duration_text(status.within) if status.within else "",
            ", ".join(status.only_for),
        ]
        for status in workflow.statuses.values()
    ]
    return _table(head, rows)


def _text_table(workflow: Workflow) -> list[str]:
    rows = [
        [status.name.say("en"), _customer(status), status.meaning.say("en"), status.action.say("en")]
        for status in workflow.statuses.values()
    ]
    return _table(["Status", "Customer reads", "It means", "Staff do"], rows)


def _customer(status: Status) -> str:
    """What customers read: first those of cases in certain circumstances, then all others."""
    fitting = [f"({', '.join(one.when)}) {one.customer.say('en')}" for one in status.variants]
    return "<br>".join([*fitting, status.customer.say("en")])


def _move_table(workflow: Workflow) -> list[str]:
    rows = [
        [
            f"`{move.source}`",
            f"`{move.target}`",
            move.label.say("en"),
            {
                "hand": "by hand",
                "event": f"`{move.event}`",
                "timer": f"after {duration_text(move.after)}" if move.after else "",
            }[move.by],
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
