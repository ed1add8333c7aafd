"""IPython shows a study as a tear sheet once the formatters are registered."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell

from workbench.tearsheet import MIME_TYPE
from workbench.widgets.register import FORMATTED, register


def test_nothing_happens_outside_ipython() -> None:
    assert register() is False


def test_a_study_is_shown_in_every_form(study) -> None:
    shell = InteractiveShell()
    assert register(shell)
    assert register(shell)
    data, _ = shell.display_formatter.format(study)
    assert data["text/plain"] == repr(study)
    assert data[MIME_TYPE]["title"] == study.expression
    assert "<script" not in data["text/html"]


def test_the_names_are_those_of_real_types(study) -> None:
    kind = type(study)
    assert (kind.__module__, kind.__qualname__) in FORMATTED
