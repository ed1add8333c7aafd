"""The factor lab: type an expression, choose the data, see the study.

One `FactorLab` is one browser session and shares nothing but the read-only markets.

1. The controls (`FactorEditor` and a few inputs) make a `StudyOrder`.
2. Run starts a `Job` in the pool; the session watches it and shows stage and share; Cancel ends it.
3. The main side shows one of four states: empty, running, failed, finished (`StudyView`). A
   failure or a new run never takes away what was typed, nor the last result.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import CancelledError, Executor
from typing import Any

import panel as pn
import param

from workbench.apps.job import Job
from workbench.apps.markets import MarketShelf
from workbench.apps.study_order import StudyOrder
from workbench.errors import WorkbenchError
from workbench.evaluation import FactorStudy
from workbench.evaluation.forward_returns import ENTRIES
from workbench.factor.library import alpha101
from workbench.tearsheet.theme import FONT
from workbench.tearsheet.theme import theme as choose_theme
from workbench.widgets import safe
from workbench.widgets.factor_editor import FactorEditor
from workbench.widgets.study_view import StudyView

__all__ = ["FactorLab"]

_LOG = logging.getLogger(__name__)
_GLANCE = 0.15  # seconds between two looks at a running job
_CONVENTIONS = {"red up": "cn", "green up": "us"}
_EMPTY = (
    "No study yet. Choose an example or type an expression, then press Run. "
    "The study shows how well the factor ordered later returns, what its quantiles earned, "
    "and how much it trades."
)


class FactorLab(pn.viewable.Viewer):
    """One session of the factor lab.

    Parameters
    ----------
    shelf : MarketShelf
        Markets to choose from, shared with other sessions.
    pool : concurrent.futures.Executor
        Where studies run, shared with other sessions.
    look : {"light", "dark"}
        Look of the whole screen.
    """

    look = param.Selector(default="light", objects=["light", "dark"], constant=True)

    def __init__(self, shelf: MarketShelf, pool: Executor, **options: Any) -> None:
        super().__init__(**options)
        self._shelf, self._pool = shelf, pool
        self._job: Job[FactorStudy] | None = None
        self.view: StudyView | None = None
        self._theme = choose_theme(self.look)
        self.editor = FactorEditor(alpha101(), look=self.look)
        self._make_inputs()
        self._run_button = pn.widgets.Button(label="Run", color="primary")
        self._run_button.on_click(self._run)
        self._cancel_button = pn.widgets.Button(label="Cancel", disabled=True)
        self._cancel_button.on_click(self._cancel)
        self._bar = pn.indicators.Progress(
            value=0, max=100, sizing_mode="stretch_width", visible=False, margin=(4, 10)
        )
        self._status = safe.sheet_part(margin=(4, 10))
        self._failure = safe.sheet_part(margin=(0, 0, 12, 0), visible=False)
        self._result = pn.Column(sizing_mode="stretch_width")
        self._result[:] = [self._placeholder()]
        self._say("Ready.")

    def _make_inputs(self) -> None:
        wide = {"sizing_mode": "stretch_width"}
        names = list(self._shelf.names)
        self._market = pn.widgets.Select(label="Data", options=names, value=names[0], **wide)
        self._market.param.watch(self._know_fields, "value")
        self._horizons = pn.widgets.TextInput(
            label="Horizons (sessions)", value="1, 5, 20", max_length=200, **wide
        )
        self._quantiles = pn.widgets.IntInput(label="Quantiles", value=10, start=2, end=50, **wide)
        entries = {
            name.replace("_", " ") + ("" if entry.tradable else " (not tradable)"): name
            for name, entry in ENTRIES.items()
        }
        self._entry = pn.widgets.Select(label="Entry price", options=entries, **wide)
        self._convention = pn.widgets.Select(label="Colours", options=_CONVENTIONS, **wide)
        self._convention.param.watch(self._recolour, "value")
        self._know_fields()

    def order(self) -> StudyOrder:
        """What the controls ask for now."""
        return StudyOrder(
            expression=self.editor.expression,
            market=self._market.value,
            horizons=self._horizons.value,
            quantiles=self._quantiles.value,
            entry=self._entry.value,
        )

    def close(self) -> None:
        """End the running study, if any: the session is over."""
        if self._job is not None:
            self._job.cancel()

    async def _run(self, _: Any = None) -> None:
        """Start a study, watch it, show what came of it."""
        if self._job is not None and not self._job.done:
            return
        order, shelf = self.order(), self._shelf
        job = Job(lambda tell: order.fill(shelf, tell)).start(self._pool)
        self._job = job
        self._busy(True)
        try:
            while not job.done and not job.cancelled:
                self._bar.value = round(100 * job.share)
                self._say(f"{job.stage.capitalize()} … {job.seconds:.0f} s")
                await asyncio.sleep(_GLANCE)
        finally:
            self._busy(False)
        self._settle(job)

    def _settle(self, job: Job[FactorStudy]) -> None:
        """Show the outcome of a job that ended or was cancelled."""
        self._know_fields()
        if job.cancelled:
            self._say("Cancelled. What was typed and the last result are still here.")
            return
        try:
            study = job.result()
        except CancelledError:
            self._say("Cancelled. What was typed and the last result are still here.")
        except WorkbenchError as error:
            self._fail("The study could not be made.", error)
        except Exception as error:  # a defect must reach the screen, not only the log
            _LOG.exception("factor lab: a study failed unexpectedly")
            self._fail(
                "workbench failed unexpectedly; the details are in the server's log.",
                f"{type(error).__name__}: {error}",
            )
        else:
            self._failure.visible = False
            self.view = StudyView(study, look=self.look, convention=self._convention.value)
            self._result[:] = [self.view]
            self._say(f"Finished in {job.seconds:.1f} s.")

    def _cancel(self, _: Any = None) -> None:
        if self._job is not None:
            self._job.cancel()

    def _recolour(self, event: param.parameterized.Event) -> None:
        if self.view is not None:
            self.view.convention = event.new

    def _know_fields(self, *_: Any) -> None:
        """Check fields while typing as soon as the chosen market has been loaded."""
        self.editor.fields = self._shelf.fields(self._market.value)

    def _busy(self, busy: bool) -> None:
        self._run_button.disabled, self._cancel_button.disabled = busy, not busy
        self._bar.param.update(visible=busy, value=0)
        self._result.styles = {"opacity": "0.45" if busy else "1"}
        if busy:
            self._failure.visible = False

    def _say(self, sentence: str) -> None:
        self._status.object = safe.line(sentence, look=self._theme, role="status")

    def _fail(self, title: str, error: object) -> None:
        self._failure.object = safe.code(
            title, error, look=self._theme, role="alert", border=self._theme.caution
        )
        self._failure.visible = True
        self._say("Failed; see the message. Nothing that was typed is lost.")

    def _placeholder(self) -> pn.pane.HTML:
        look = self._theme
        style = {
            "border": f"1px dashed {look.muted}",
            "border-radius": "6px",
            "padding": "28px 24px",
            "background": look.card,
        }
        return safe.sheet_part(safe.line(_EMPTY, look=look, quiet=True), styles=style)

    def __panel__(self) -> pn.Column:
        """Header, controls at the left, study at the right; below one another when narrow."""
        look = self._theme
        title = (
            f'<h1 style="font:600 18px/1.3 {FONT};margin:0;color:{look.text}">Factor lab'
            f'<span style="font-weight:400;color:{look.muted}"> · workbench</span></h1>'
        )
        controls = pn.Column(
            self.editor,
            self._market,
            pn.Row(self._horizons, self._quantiles, sizing_mode="stretch_width"),
            pn.Row(self._entry, self._convention, sizing_mode="stretch_width"),
            pn.Row(self._run_button, self._cancel_button),
            self._bar,
            self._status,
            margin=0,
            styles={
                # Grows only when the two stand below one another.
                "flex": "1 1 320px",
                "min-width": "0",
                "box-sizing": "border-box",
                "background": look.card,
                "border": f"1px solid {look.grid}",
                "border-radius": "6px",
                "padding": "8px 4px",
            },
        )
        main = pn.Column(
            self._failure,
            self._result,
            margin=0,
            styles={"flex": "1000 1 600px", "min-width": "0", "max-width": "100%"},
        )
        body = pn.FlexBox(
            controls,
            main,
            align_items="flex-start",
            gap="16px",
            sizing_mode="stretch_width",
        )
        return pn.Column(
            safe.sheet_part(title, margin=(0, 0, 12, 0)),
            body,
            sizing_mode="stretch_width",
            margin=0,
            styles={"background": look.page, "padding": "14px 18px", "min-height": "100vh"},
        )
