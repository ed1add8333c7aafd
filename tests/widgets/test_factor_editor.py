"""The editor: says what a text means, keeps what was typed, follows an example."""

from __future__ import annotations

import pytest

from workbench.errors import FactorError, UnknownFieldError
from workbench.factor import factor
from workbench.widgets.factor_editor import FactorEditor, read_expression

EXAMPLES = {"one": factor("rank(close)"), "two": factor("delta(open, 3)")}


def message(editor: FactorEditor) -> str:
    return editor._message.object


def typed(editor: FactorEditor, text: str) -> None:
    """What a keystroke does."""
    editor._area.value_input = text


def test_meaning_of_a_valid_text() -> None:
    editor = FactorEditor(expression="delay(open, 3) + volume")
    assert editor.valid
    assert "Looks back 3 sessions · fields: open, volume" in message(editor)


@pytest.mark.parametrize("text", ["rank(", "rnk(close)", "delay(close, -1)", "", "<b>"])
def test_errors_are_the_language_s_own_and_escaped(text: str) -> None:
    editor = FactorEditor()
    typed(editor, text)
    assert editor.expression == text
    assert not editor.valid
    with pytest.raises(FactorError) as caught:
        factor(text)
    assert str(caught.value).splitlines()[-1] in message(editor)
    assert "<b>" not in message(editor)


def test_a_field_the_market_lacks_is_found_once_it_is_known() -> None:
    editor = FactorEditor(expression="rank(clsoe)")
    assert editor.valid
    editor.fields = ("close", "open")
    assert not editor.valid
    assert "Did you mean &#x27;close&#x27;" in message(editor)
    with pytest.raises(UnknownFieldError):
        read_expression("rank(clsoe)", ("close", "open"))


def test_an_example_replaces_the_text_even_after_typing_it() -> None:
    editor = FactorEditor(EXAMPLES)
    typed(editor, EXAMPLES["one"].text)
    editor._examples.value = EXAMPLES["two"].text
    assert editor.expression == editor._area.value == "delta(open, 3)"
    editor._examples.value = EXAMPLES["one"].text
    assert editor.expression == editor._area.value == "rank(close)"


def test_the_empty_choice_leaves_the_text_alone() -> None:
    editor = FactorEditor(EXAMPLES, expression="volume")
    editor._examples.value = EXAMPLES["one"].text
    editor._examples.value = ""
    assert editor.expression == "rank(close)"


def test_typing_does_not_write_back_into_the_input() -> None:
    editor = FactorEditor(expression="close")
    typed(editor, "close +")
    assert editor._area.value == "close"
