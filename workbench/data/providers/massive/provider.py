"""Massive as a `Provider`: no I/O here, only what to ask and what answers mean."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING

from workbench.data.provider import Credential, Judgement, Pages, Request, Response, Unit, Want
from workbench.data.providers.massive.endpoints import APIS
from workbench.data.providers.massive.paging import all_pages
from workbench.data.providers.massive.plans import plan_units
from workbench.data.providers.massive.verdict import judge

if TYPE_CHECKING:
    import polars as pl

    from workbench.data.dataset import Dataset

__all__ = ["PROVIDER", "MassiveProvider"]


class MassiveProvider:
    """Massive (formerly Polygon.io): bars as traded, splits, dividends and ticker lists.

    The token travels as a bearer header. The free plan allows five calls a minute in all; paid
    plans raise it in the settings.
    """

    name = "massive"
    origin = "https://api.massive.com"
    credential = Credential("massive", "bearer")

    def datasets(self) -> tuple[str, ...]:
        """Names of the datasets that Massive delivers."""
        return tuple(APIS)

    def rates(self, api: str) -> tuple[tuple[int, int], ...]:
        """Five calls a minute, the free plan's allowance."""
        return ((5, 60),)

    def plan(self, dataset: Dataset, want: Want) -> Iterable[Unit]:
        """The units of a window, see `plans`."""
        return plan_units(dataset, want)

    def requests(self, unit: Unit) -> Generator[Request, Response, Pages]:
        """Every page of a unit, see `paging`."""
        return all_pages(unit)

    def judge(self, request: Request, response: Response) -> Judgement:
        """What one answer means, see `verdict`."""
        return judge(request, response)

    def decode(self, unit: Unit, pages: Pages) -> pl.DataFrame:
        """Rows in the dataset's contract, see `tables`."""
        from workbench.data.providers.massive.tables import decode_pages

        return decode_pages(unit, pages)

    def from_frame(self, dataset: Dataset, frame: pl.DataFrame) -> pl.DataFrame:
        """The same decoding for a frame in the columns of the REST answers or the flat files."""
        from workbench.data.providers.massive.tables import decode_frame

        return decode_frame(dataset, frame)


PROVIDER = MassiveProvider()
