"""How often an account may call an API, counted over all processes and workspaces of a user.

1. `Limits.ask` takes a place in the window or says how many seconds to wait; it never sleeps
2. `Limits.hold` keeps everybody of this process away from an API that said "too fast"

The counts lie in ``limits.sqlite``, one table for each vendor, account and API. Its name is a
short salted hash: it tells neither the token nor whose it is. The file lies in
``$WORKBENCH_STATE_HOME``, else in the platform's folder for state, not in a workspace: vendors
count by account.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from filelock import FileLock
from pyrate_limiter import Rate, RateItem, SQLiteBucket

from workbench.data.atomic import make_folder, write_whole
from workbench.data.secrets import Secret
from workbench.errors import StoreCorruptionError, StoreError

__all__ = ["SHARE", "Limits", "fingerprint", "state_folder"]

SHARE = 0.9
"""Part of the nominal rate that is used: the vendor's clock and window are not ours."""


def fingerprint(token: Secret | None, salt: bytes) -> str:
    """Eight hex digits that stand for an account.

    32 of a token's bits or fewer, salted once a user: enough to keep accounts apart, not enough to
    find or to confirm a token.
    """
    value = b"" if token is None else token.reveal().encode()
    return hashlib.blake2b(value, digest_size=4, salt=salt[:16], person=b"wb-account").hexdigest()


def state_folder() -> Path:
    """Where counts of calls lie: ``$WORKBENCH_STATE_HOME``, else the platform's folder for state.

    Examples
    --------
    >>> state_folder().name != ""
    True
    """
    named = os.environ.get("WORKBENCH_STATE_HOME", "").strip()
    if named:
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_state_dir("workbench", appauthor=False))


def windows(rates: Sequence[tuple[int, float]]) -> list[Rate]:
    """Windows in milliseconds at the share of the nominal rates that is used.

    A window that another one makes superfluous is left out.
    """
    used = [Rate(max(1, int(calls * SHARE)), max(1, round(span * 1000))) for calls, span in rates]
    kept: list[Rate] = []
    # the slowest first: a faster rate only matters over a shorter window with fewer calls
    for rate in sorted(used, key=lambda rate: (rate.limit / rate.interval, -rate.interval)):
        if not kept or (rate.interval < kept[-1].interval and rate.limit < kept[-1].limit):
            kept.append(rate)
    return kept[::-1]


class Limits:
    """The windows of one vendor and account.

    Parameters
    ----------
    provider : str
        Name of the vendor.
    rates : callable
        Gives the nominal (calls, seconds) pairs of an API; none means no limit.
    folder : Path, optional
        Where the counts lie; `state_folder` by default.

    Raises
    ------
    StoreError
        If the folder cannot be made or written.
    """

    def __init__(
        self,
        provider: str,
        rates: Callable[[str], Sequence[tuple[int, float]]],
        *,
        folder: Path | None = None,
    ) -> None:
        self.file = _own(folder or state_folder()) / "limits.sqlite"
        self.provider = provider
        self._rates = rates
        self._guard = threading.Lock()
        # polled often: whoever holds it does so for about a millisecond
        self._turn = FileLock(
            f"{self.file}.lock", mode=0o600, thread_local=False, poll_interval=0.005
        )
        self._buckets: dict[str, SQLiteBucket | None] = {}
        self._held: dict[str, float] = {}

    def ask(self, api: str, token: Secret | None = None) -> float:
        """Take a place in the window of an API.

        Returns
        -------
        float
            0 when the call may be made now; otherwise no place was taken, and these seconds pass
            until there may be one.

        Raises
        ------
        StoreCorruptionError
            If the file of counts is damaged.
        """
        with self._guard:
            held = self._held.get(api, 0.0) - time.monotonic()
            if held > 0:
                return held
            try:
                return self._ask(api, token)
            except sqlite3.DatabaseError as error:
                raise StoreCorruptionError(
                    f"The counts of calls in {self.file} cannot be used ({error}). "
                    "Remove this file: it is made again."
                ) from None

    def hold(self, api: str, seconds: float) -> None:
        """Let nobody of this process call an API for some seconds."""
        with self._guard:
            self._held[api] = max(self._held.get(api, 0.0), time.monotonic() + seconds)

    def close(self) -> None:
        """Close the file."""
        with self._guard:
            for bucket in self._buckets.values():
                if bucket is not None:
                    bucket.close()
            self._buckets.clear()

    def _ask(self, api: str, token: Secret | None) -> float:
        with self._turn:
            if api not in self._buckets:
                self._buckets[api] = self._open(api, token)
            bucket = self._buckets[api]
            if bucket is None:
                return 0.0
            now = bucket.now()
            item = RateItem(api, now)
            # counts from the future are of a clock that was set back: they would block for long
            bucket.conn.execute(
                f"DELETE FROM '{bucket.table}' WHERE item_timestamp > ?", (now + 1000,)
            )
            self._forget(bucket, now)
            return 0.0 if bucket.put(item) else max(1, bucket.waiting(item)) / 1000

    def _open(self, api: str, token: Secret | None) -> SQLiteBucket | None:
        rates = windows(self._rates(api))
        if not rates:
            return None
        named = "\0".join([self.provider, fingerprint(token, self._salt()), api])
        table = f"calls_{hashlib.sha256(named.encode()).hexdigest()[:20]}"
        # before SQLite makes it: the files beside it take its mode
        os.close(os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(self.file, check_same_thread=False, timeout=10)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(
                f"CREATE TABLE IF NOT EXISTS '{table}' (name VARCHAR, item_timestamp INTEGER)"
            )
            connection.execute(
                f"CREATE INDEX IF NOT EXISTS 'when_{table}' ON '{table}' (item_timestamp)"
            )
            connection.execute(
                "CREATE TABLE IF NOT EXISTS spans (calls VARCHAR PRIMARY KEY, longest INTEGER)"
            )
            connection.execute(
                "INSERT INTO spans VALUES (?, ?) ON CONFLICT DO UPDATE SET "
                "longest = max(longest, excluded.longest)",
                (table, rates[-1].interval),
            )
            connection.commit()
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return SQLiteBucket(rates, connection, table, lock=self._turn)

    def _forget(self, bucket: SQLiteBucket, now: int) -> None:
        """Drop counts older than the longest window of anybody who counts the same calls.

        Two workspaces may be set to different windows: the shorter one must not end the longer.
        """
        bucket.conn.execute(
            f"DELETE FROM '{bucket.table}' WHERE item_timestamp < ? - "
            "(SELECT longest FROM spans WHERE calls = ?)",
            (now, bucket.table),
        )
        bucket.conn.commit()

    def _salt(self) -> bytes:
        """Sixteen random bytes of the user; made under the lock that the caller holds."""
        file = self.file.with_name("salt")
        if not file.exists():
            write_whole(file, secrets.token_bytes(16))
        return file.read_bytes()


def _own(folder: Path) -> Path:
    """Make the folder, for its owner alone."""
    try:
        make_folder(folder)
        if os.name == "posix" and folder.stat().st_mode & 0o077:
            folder.chmod(0o700)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(f"{folder} may not be written")
    except OSError as error:
        raise StoreError(
            f"The counts of calls cannot be kept in {folder} ({error}): vendors' limits hold for "
            "all workspaces together. Name a folder of yours with WORKBENCH_STATE_HOME."
        ) from None
    return folder
