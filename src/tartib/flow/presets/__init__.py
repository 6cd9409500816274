"""The workflows that ship with the product, one TOML file each, in the order they are offered."""

import tomllib
from functools import cache
from importlib.resources import files

from tartib.flow.workflow import Workflow

_CODES = ("essential", "delivery", "checkout")


def presets() -> tuple[str, ...]:
    """The codes of all presets, simplest first."""
    return _CODES


@cache
def preset(code: str) -> Workflow:
    """The preset of that code, read once; LookupError when there is none, WorkflowError when its file is wrong."""
    if code not in _CODES:
        raise LookupError(f'there is no preset "{code}"; there are {", ".join(_CODES)}')
    text = files("tartib.flow.presets").joinpath(f"{code}.toml").read_text(encoding="utf-8")
    return Workflow.read(tomllib.loads(text))
