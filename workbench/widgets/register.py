"""Teach IPython to show results as interactive views.

Results of lower rooms know nothing of screens. This room, above them, registers a formatter for
their types by name, so that neither the results nor Panel are imported until one is displayed.
"""

from __future__ import annotations

from typing import Any

__all__ = ["FORMATTED", "register", "study_bundle"]


def study_bundle(study: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Every form in which a notebook can show a study.

    Parameters
    ----------
    study : FactorStudy
        What is displayed.

    Returns
    -------
    tuple of dict
        Data and metadata by MIME type: Panel's live view where Panel's extension is loaded, the
        static table otherwise, and the sheet as JSON for reports in both cases.
    """
    from workbench.tearsheet import tear_sheet

    data, metadata = tear_sheet(study)._repr_mimebundle_()
    return data | {"text/plain": repr(study)}, metadata


# Module and class name of a result, and what shows it.
FORMATTED = {("workbench.evaluation.study", "FactorStudy"): study_bundle}


def register(shell: Any = None) -> bool:
    """Register the formatters with a running IPython.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell, optional
        Default: the one that runs, if any.

    Returns
    -------
    bool
        Whether there was a shell to register with. Registering twice changes nothing.
    """
    if shell is None:
        from IPython import get_ipython

        shell = get_ipython()
    if shell is None:
        return False
    formatter = shell.display_formatter.mimebundle_formatter
    for (module, name), bundle in FORMATTED.items():
        formatter.for_type_by_name(module, name, bundle)
    return True
