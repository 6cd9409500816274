"""The workflows that ship with the product, one TOML file each, in the order they are offered."""

import tomllib
from functools import cache
from importlib.resources import files

from tartib.flow.reading import read_workflow
from tartib.flow.workflow import Workflow

# Each with the kind of case it is for, so that a list of them reads no file.
_KINDS = {"essential": "order", "delivery": "order", "checkout": "order", "support": "support"}

# How long a shop that begins with it holds new orders before dispatch, until it says otherwise.
_HOLDS = {"checkout": 24}


def hold_hours(code: str) -> int:
    """For how many hours new orders are held before dispatch by a shop that begins with this preset."""
    return _HOLDS.get(code, 0)


def presets(kind: str = "") -> tuple[str, ...]:
    """The codes of all presets, or of those for one kind of case, simplest first."""
    return tuple(code for code, of in _KINDS.items() if kind in ("", of))


@cache
def preset(code: str) -> Workflow:
    """The preset of that code, read once; LookupError when there is none, WorkflowError when its file is wrong."""
    if code not in _KINDS:
        raise LookupError(f'there is no preset "{code}"; there are {", ".join(_KINDS)}')
    text = files("tartib.flow.presets").joinpath(f"{code}.toml").read_text(encoding="utf-8")
    return read_workflow(tomllib.loads(text))
