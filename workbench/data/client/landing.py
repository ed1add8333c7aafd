"""Answers on the disk before anybody uses them, and the place for answers that were refused.

1. `Landing.land` writes the accepted pages of a unit as one compressed file: requests without
   token, answers, checksum; atomically, so that a crash leaves the whole file or none
2. `Landing.read` gives them back instead of a call; a damaged or foreign file is dropped
3. `Landing.discard` removes them once they are committed
4. `Landing.quarantine` keeps an answer that cannot be true, with the reason beside it
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import zstandard

from workbench.data.atomic import make_folder, write_whole
from workbench.data.cellar import utc_now
from workbench.data.client.landing_file import Landed, content_hash, pack, unpack
from workbench.data.provider import Pages, Request, Response, Unit
from workbench.data.redaction import redact, redact_bytes
from workbench.errors import BadValueError, StoreCorruptionError

__all__ = ["Landing", "Quarantined"]

logger = logging.getLogger(__name__)

SUFFIX = ".zst"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One refused answer: whose it was, why and when (UTC) it was refused, where it lies."""

    provider: str
    dataset: str
    key: str
    reason: str
    at: datetime
    file: Path
    size: int


class Landing:
    """The folders ``raw/`` and ``quarantine/`` of a workspace.

    Parameters
    ----------
    root : Path
        The workspace.
    clock : callable
        Gives the time, aware, in UTC.
    """

    def __init__(self, root: Path, *, clock: Callable[[], datetime] = utc_now) -> None:
        self.root = Path(root)
        self.clock = clock

    def land(self, provider: str, pages: Pages) -> str:
        """Write the pages of a unit; they are durable when this returns.

        Two processes may land the same unit: the last one wins, and the file is always whole.

        Returns
        -------
        str
            SHA-256 of the requests and answers, the same for the same content at any time.
        """
        path = self._file("raw", provider, pages.unit)
        make_folder(path.parent)
        write_whole(path, pack(provider, pages, self.clock()))
        return content_hash(pages.answers)

    def read(self, provider: str, unit: Unit) -> Pages | None:
        """The landed pages of a unit, None where there are none of exactly this unit."""
        landed = self.find(provider, unit)
        return None if landed is None else Pages(unit, landed.pages.answers)

    def find(self, provider: str, unit: Unit) -> Landed | None:
        """The same with its time and hash; a damaged file is removed and said in the log."""
        path = self._file("raw", provider, unit)
        landed = self._load(path)
        if landed is None or landed.provider != provider:
            return None
        kept = landed.pages.unit
        same = (kept.dataset, kept.key, kept.first, kept.last) == (
            unit.dataset,
            unit.key,
            unit.first,
            unit.last,
        )
        return landed if same else None

    def pending(self, provider: str, dataset: str) -> tuple[Unit, ...]:
        """Units that landed and were not discarded, sorted by key."""
        folder = self._folder("raw", provider, dataset)
        found = (self._load(path) for path in sorted(folder.glob(f"*{SUFFIX}")))
        units = (landed.pages.unit for landed in found if landed is not None)
        return tuple(sorted(units, key=lambda unit: unit.key))

    def discard(self, provider: str, unit: Unit, *, keep: bool = False) -> None:
        """Forget the landed pages of a unit; `keep` moves them to ``kept/`` beside them."""
        path = self._file("raw", provider, unit)
        if keep and path.exists():
            shelf = make_folder(path.parent / "kept")
            stamp = self.clock().strftime("%Y%m%dT%H%M%S%f")
            path.replace(shelf / f"{path.name.removesuffix(SUFFIX)}.{stamp}{SUFFIX}")
        path.unlink(missing_ok=True)

    def quarantine(self, provider: str, unit: Unit, answer: Pages | bytes, reason: str) -> Path:
        """Keep a refused answer and why it was refused; the same answer is kept once.

        Parameters
        ----------
        provider : str
            Name of the vendor.
        unit : Unit
            What was asked for.
        answer : Pages or bytes
            What came, whole or as far as it was read; secrets are taken out of it.
        reason : str
            Redacted before it is written.

        Returns
        -------
        Path
            The JSON file of the reason; the answer lies beside it.
        """
        if isinstance(answer, Pages):
            clean = replace(answer, answers=tuple(map(_redacted, answer.answers)))
            data, digest = pack(provider, clean, self.clock()), content_hash(clean.answers)
        else:
            plain = redact_bytes(answer)
            data, digest = zstandard.compress(plain), hashlib.sha256(plain).hexdigest()
        path = self._file("quarantine", provider, unit)
        path = path.with_name(f"{path.name.removesuffix(SUFFIX)}.{digest[:12]}{SUFFIX}")
        make_folder(path.parent)
        note = {
            "provider": provider,
            "dataset": unit.dataset,
            "key": unit.key,
            "reason": redact(reason),
            "at": self.clock().isoformat(),
            "form": "pages" if isinstance(answer, Pages) else "bytes",
        }
        write_whole(path, data)
        why = path.with_suffix(".json")
        write_whole(why, json.dumps(note, ensure_ascii=False, indent=1).encode())
        return why

    def quarantined(
        self, provider: str | None = None, dataset: str | None = None
    ) -> list[Quarantined]:
        """Refused answers, the oldest first; all of them unless a vendor or dataset is named.

        Raises
        ------
        StoreCorruptionError
            If a reason cannot be read.
        """
        found = []
        for path in (self.root / "quarantine").glob("*/*/*.json"):
            try:
                note = json.loads(path.read_bytes())
                at = datetime.fromisoformat(note["at"])
                named = [note[name] for name in ("provider", "dataset", "key", "reason")]
            except (ValueError, KeyError, TypeError) as error:
                raise StoreCorruptionError(
                    f"{path} cannot be read ({error}). Remove it and the file beside it."
                ) from None
            answer = path.with_suffix(SUFFIX)
            size = answer.stat().st_size if answer.exists() else 0
            if provider in (None, named[0]) and dataset in (None, named[1]):
                found.append(Quarantined(*named, at, answer, size))
        return sorted(found, key=lambda item: (item.at, item.dataset, item.key))

    def _load(self, path: Path) -> Landed | None:
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            return unpack(data)
        except StoreCorruptionError as error:
            logger.warning("%s is damaged and will be fetched again: %s", path, error)
            path.unlink(missing_ok=True)
            return None

    def _folder(self, kind: str, provider: str, dataset: str) -> Path:
        for name in (provider, dataset):
            if not re.fullmatch(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*", name):
                raise BadValueError(f"Expected a name such as cn.bars_1d, got {name[:80]!r}.")
        return self.root / kind / provider / dataset

    def _file(self, kind: str, provider: str, unit: Unit) -> Path:
        """A readable name, made unique by a hash: keys are no paths."""
        readable = re.sub(r"[^A-Za-z0-9-]+", "_", unit.key)[:60]
        mark = hashlib.sha256(unit.key.encode()).hexdigest()[:12]
        return self._folder(kind, provider, unit.dataset) / f"{readable}-{mark}{SUFFIX}"


def _redacted(pair: tuple[Request, Response]) -> tuple[Request, Response]:
    request, response = pair
    return request, replace(response, body=redact_bytes(response.body))
