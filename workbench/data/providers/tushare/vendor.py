"""Tushare as a provider: plans, conversations, judgements and decoding, all without I/O."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from workbench.data.catalog import dataset as catalogued
from workbench.data.dataset import Dataset
from workbench.data.provider import Credential, Judgement, Pages, Request, Response, Unit, Want
from workbench.data.providers.tushare.judge import judge_response
from workbench.data.providers.tushare.plan import planned
from workbench.data.providers.tushare.requests import converse
from workbench.data.providers.tushare.specs import rates, spec, specs

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Tushare"]


_CREDENTIAL = Credential("tushare", "body", "token")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Tushare:
    """The vendor tushare pro (https://tushare.pro), by its HTTP protocol; its SDK is not used.

    Attributes
    ----------
    clock : callable
        Aware UTC; only to say when a spent allowance returns.
    """

    name: str = "tushare"
    origin: str = "https://api.tushare.pro"
    credential: Credential = _CREDENTIAL
    clock: Callable[[], datetime] = _now

    def datasets(self) -> tuple[str, ...]:
        """Names of the catalogue's datasets that tushare delivers."""
        return tuple(specs())

    def rates(self, api: str) -> tuple[tuple[int, int], ...]:
        """Allowed calls as (calls, seconds) for an account of 2 000 points."""
        return rates(api)

    def plan(self, dataset: Dataset, want: Want) -> Iterable[Unit]:
        """The units of a window; see `planned`."""
        return planned(spec(dataset.name), want)

    def requests(self, unit: Unit) -> Generator[Request, Response, Pages]:
        """Ask until the unit is whole; see `converse`."""
        return converse(spec(unit.dataset), unit)

    def judge(self, request: Request, response: Response) -> Judgement:
        """What one answer means; never raises. See `judge_response`."""
        return judge_response(response, self.clock())

    def decode(self, unit: Unit, pages: Pages) -> pl.DataFrame:
        """Rows in the dataset's columns and units.

        `known_at` and `first_seen_at` of statements stay missing: the point in time and the
        store's clock are not the vendor's business.

        Raises
        ------
        BadAnswerError
            With the reason; see `workbench.data.providers.tushare.refusals`.
        """
        from workbench.data.providers.tushare.decode import decode_pages

        return decode_pages(catalogued(unit.dataset), spec(unit.dataset), unit, pages)

    def from_frame(self, dataset: Dataset, frame: pl.DataFrame) -> pl.DataFrame:
        """The same decoding for a frame in the columns of tushare's API or SDK.

        Parameters
        ----------
        dataset : Dataset
            What the frame is to become.
        frame : polars.DataFrame
            The vendor's columns and units, numbers or text; columns that are not part of the key
            may be absent and become null, further columns are ignored. Values are kept as they
            come: a frame of the SDK may be rounded or adjusted, which nobody can see in it.

        Raises
        ------
        SchemaError
            If a column of the key is absent.
        BadAnswerError
            For values that cannot be true.
        """
        from workbench.data.providers.tushare.decode import decode_frame

        return decode_frame(dataset, spec(dataset.name), frame)
