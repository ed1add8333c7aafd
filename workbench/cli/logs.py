"""The log of a run: JSON lines with a run id, on standard error or in a file, without secrets.

1. `start_log` configures structlog and the standard library's logging once for this process
2. Every event carries ``at`` (UTC), ``level``, ``event``, ``logger`` and ``run``
3. The last step before rendering takes secrets out by value, the rendered line is redacted again
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import BadValueError

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

__all__ = ["start_log"]

HANDLER = "workbench-log"


def start_log(
    run_id: str | None = None, file: str | Path | None = None, *, level: int = logging.INFO
) -> FilteringBoundLogger:
    """Begin the log of a run; a second call replaces the first.

    Parameters
    ----------
    run_id : str or None
        Letters, digits, ``.``, ``_``, ``-``; None makes one of time and chance.
    file : str, Path or None
        Lines are added to it (mode 0600); None is standard error.
    level : int
        Lowest level that is written.

    Returns
    -------
    structlog logger
        Bound to the run id: ``log.info("update", dataset="cn.bars_1d", rows=5)``. Records of the
        standard library's loggers under ``workbench`` come out in the same form.

    Raises
    ------
    BadValueError
        If the run id or the file cannot be used.
    """
    import structlog

    run = _run_id(run_id)
    before = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = _handler(file)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _named(run),
                _redacted,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=repr),
                lambda _logger, _method, line: _clean(line),
            ],
        )
    )
    root = logging.getLogger("workbench")
    for old in [one for one in root.handlers if one.get_name() == HANDLER]:
        root.removeHandler(old)
        old.close()
    handler.set_name(HANDLER)
    root.addHandler(handler)
    root.setLevel(level)
    return structlog.get_logger("workbench.cli").bind()


def _run_id(given: str | None) -> str:
    if given is None:
        return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", given):
        raise BadValueError(
            f"Expected a run id of letters, digits, '.', '_' and '-', got {given[:64]!r}."
        )
    return given


def _handler(file: str | Path | None) -> logging.StreamHandler[Any]:
    if file is None:
        return logging.StreamHandler(sys.stderr)
    path = Path(file).expanduser()
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        return logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        raise BadValueError(f"The log cannot be written to {path}: {error.strerror}.") from None


def _named(run: str) -> Any:
    def add(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
        return {**event, "run": run}

    return add


def _redacted(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
    return {
        name: _clean(value) if isinstance(value, str) else value for name, value in event.items()
    }


def _clean(text: str) -> str:
    from workbench.data.redaction import redact

    return redact(text)
