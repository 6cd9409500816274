"""The ground floor: the lifecycle of a case as data, and the one pure decision on it. No Django, no clock, no I/O."""

from tartib.flow.check import Finding, check
from tartib.flow.decide import Option, decide, options
from tartib.flow.draw import draw, pages
from tartib.flow.facts import ByHand, Decision, Event, Facts, Refusal, Timer, Trigger
from tartib.flow.guards import GUARDS, Guard
from tartib.flow.presets import preset, presets
from tartib.flow.reading import as_data, read_workflow
from tartib.flow.words import LANGUAGES, Words
from tartib.flow.workflow import PHASES, Move, Problem, Status, Workflow, WorkflowError, next_timer

__all__ = [
    "GUARDS",
    "LANGUAGES",
    "PHASES",
    "ByHand",
    "Decision",
    "Event",
    "Facts",
    "Finding",
    "Guard",
    "Move",
    "Option",
    "Problem",
    "Refusal",
    "Status",
    "Timer",
    "Trigger",
    "Words",
    "Workflow",
    "WorkflowError",
    "as_data",
    "check",
    "decide",
    "draw",
    "next_timer",
    "options",
    "pages",
    "preset",
    "presets",
    "read_workflow",
]
