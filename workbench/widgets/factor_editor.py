"""Type an expression and see at once what it means, or where it is wrong.

1. Every keystroke is read by the factor language; nothing is computed.
2. If it reads, its look-back and fields are shown; a field that the market lacks is an error too.
3. If not, the language's own message is shown with its caret. What was typed is never changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import panel as pn
import param

from workbench.errors import FactorError
from workbench.factor import UNTRUSTED, Factor, factor, unknown_field
from workbench.factor.fields import field_info
from workbench.tearsheet.theme import MONOSPACE
from workbench.tearsheet.theme import theme as choose_theme
from workbench.widgets import safe

__all__ = ["FactorEditor", "read_expression"]

_CHOOSE = "choose an example …"
_MONOSPACE_AREA = f"textarea.bk-input {{ font-family: {MONOSPACE}; font-size: 13px; }}"


def read_expression(expression: str, fields: tuple[str, ...] = ()) -> Factor:
    """Read an expression and check its fields.

    Parameters
    ----------
    expression : str
        Text of the factor language.
    fields : tuple of str
        What the market delivers; empty if that is not known yet.

    Returns
    -------
    Factor
        Ready to be computed.

    Raises
    ------
    FactorError
        Text that is not a factor, or a field that is not in `fields`.

    Examples
    --------
    >>> read_expression("rank(close)", ("close", "open")).lookback
    0
    """
    read = factor(expression, limits=UNTRUSTED)
    missing = [name for name in sorted(read.fields.difference(fields)) if not _derived(name)]
    missing = missing if fields else []
    if missing:
        raise unknown_field(read, missing[0], fields)
    return read


def _derived(name: str) -> bool:
    """Whether a market makes the field from others (adv60), whether or not it lists it."""
    info = field_info(name)
    return info is not None and info.lookback > 0


class FactorEditor(pn.viewable.Viewer):
    """Input of an expression with live validation.

    Parameters
    ----------
    expression : str
        The text as it stands in the input, valid or not.
    fields : tuple of str
        What the market delivers; empty if that is not known yet.
    look : {"light", "dark"}
        Look of the messages.
    examples : mapping of str to Factor
        Offered in a dropdown; choosing one replaces the text.
    """

    expression = param.String(default="-1 * correlation(rank(open), rank(volume), 10)")
    fields = param.ClassSelector(class_=tuple, default=(), doc="Names that the market delivers.")
    look = param.Selector(default="light", objects=["light", "dark"])
    valid = param.Boolean(default=False, doc="Whether the text reads as a factor.")

    def __init__(self, examples: Mapping[str, Factor] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._typing = False
        self._area = pn.widgets.TextAreaInput(
            label="Factor expression",
            value=self.expression,
            value_input=self.expression,
            rows=5,
            max_length=10_000,
            sizing_mode="stretch_width",
            stylesheets=[_MONOSPACE_AREA],
        )
        choices = {_CHOOSE: ""} | {name: one.text for name, one in (examples or {}).items()}
        self._examples = pn.widgets.Select(
            label="Examples", options=choices, value="", sizing_mode="stretch_width"
        )
        self._message = safe.sheet_part(margin=(4, 10))
        self._area.param.watch(self._typed, "value_input")
        self._area.param.watch(self._typed, "value")
        self._examples.param.watch(self._chosen, "value")
        self.param.watch(self._replaced, "expression")
        self.param.watch(self._check, ["expression", "fields", "look"])
        self._check()

    def _typed(self, event: param.parameterized.Event) -> None:
        self._typing = True
        try:
            self.expression = event.new
        finally:
            self._typing = False

    def _chosen(self, event: param.parameterized.Event) -> None:
        if event.new:
            self.expression = event.new

    def _replaced(self, event: param.parameterized.Event) -> None:
        """Follow a change that did not come from the keyboard."""
        if not self._typing:
            self._area.param.update(value=event.new, value_input=event.new)

    def _check(self, *_: Any) -> None:
        """Show what the text means, or what is wrong with it."""
        look = choose_theme(self.look)
        try:
            read = read_expression(self.expression, self.fields)
        except FactorError as error:
            self.valid = False
            self._message.object = safe.code("", error, look=look, role="status")
            return
        self.valid = True
        used = ", ".join(sorted(read.fields)) or "none"
        meaning = f"Looks back {read.lookback} sessions · fields: {used}"
        self._message.object = safe.line(meaning, look=look, role="status", quiet=True)

    def __panel__(self) -> pn.Column:
        """Dropdown, input, message."""
        return pn.Column(self._examples, self._area, self._message, sizing_mode="stretch_width")
