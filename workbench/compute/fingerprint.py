"""Fingerprints: what a result depends on, in 32 bytes, so that equal keys mean equal bits.

1. `engine_fingerprint` covers the package version, every source file of this room and the compiled
   kernels; instruction sets are not told apart, because their bits are equal;
2. `content_fingerprint` covers the values of a field or mask as they are read. It is taken of every
   market, versioned or not: a version number names a state of one store, content names itself;
3. `job_key` puts them together with the canonical term, the storage type and the labels.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import import_module
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np

from workbench.arrays import AnyPanel
from workbench.compute import cpu
from workbench.compute.job import Job
from workbench.compute.rewrite import canonical
from workbench.compute.user_operators import is_user_operator, user_operator
from workbench.factor.operator import Axis, find_operator
from workbench.factor.term import Call, Constant, Field, Term, walk
from workbench.market import Market

__all__ = ["content_fingerprint", "engine_fingerprint", "job_key", "term_fingerprint"]

_FORMAT = "workbench memo 1"
_SOURCES = frozenset({".py", ".h", ".hpp", ".cpp", ".cu", ".cuh"})
_PLAIN = (bool, int, float, str, type(None))
_MASK = " estimation"  # no field can have this name

# A market is a frozen value, so what was read from it once need not be read again.
_SEEN: WeakKeyDictionary[Market, dict[str, str]] = WeakKeyDictionary()


@cache
def engine_fingerprint(engine: str) -> str:
    """Digest of everything that turns a term and fields into bits.

    Parameters
    ----------
    engine : str
        As provenance names it: ``cpu:<variant>`` or ``oracle``.
    """
    # Asked by name: the front door knows every room, and no room below may know the door.
    version = import_module("workbench").__version__
    room = Path(__file__).parent
    digest = hashlib.sha256(f"{_FORMAT} {version} {engine.split(':')[0]}".encode())
    for path in sorted(path for path in room.rglob("*") if path.suffix in _SOURCES):
        digest.update(path.relative_to(room).as_posix().encode() + b"\0" + path.read_bytes())
    compiled = cpu.find()[0]
    if engine != "oracle" and compiled is not None and compiled.__file__:
        digest.update(Path(compiled.__file__).read_bytes())
    return digest.hexdigest()


def content_fingerprint(values: AnyPanel) -> str:
    """Digest of an array: type, shape and every byte.

    Examples
    --------
    >>> content_fingerprint(np.zeros((2, 2))) == content_fingerprint(np.zeros((2, 2)))
    True
    >>> content_fingerprint(np.zeros((2, 2))) == content_fingerprint(np.zeros((4, 1)))
    False
    """
    digest = hashlib.blake2b(f"{values.dtype.str} {values.shape}".encode(), digest_size=32)
    digest.update(np.ascontiguousarray(values).view(np.uint8).data)
    return digest.hexdigest()


def term_fingerprint(term: Term) -> str | None:
    """Digest of a canonical term; None where it cannot be known what it computes.

    That is the case of an operator of the user without a `version`.
    """
    known: dict[Term, str] = {}
    for node in walk(canonical(term)):
        if isinstance(node, Constant):
            said = f"constant {node.value.hex()}"
        elif isinstance(node, Field):
            said = f"field {node.name}"
        else:
            assert isinstance(node, Call)
            own = _user_code(node.operator)
            if own is None:
                return None
            below = " ".join(known[operand] for operand in node.operands)
            said = f"call {node.operator} {node.parameters!r} {own} {below}"
        known[node] = hashlib.sha256(said.encode()).hexdigest()
    return known[canonical(term)]


def job_key(job: Job, name: str) -> str | None:
    """What the result of one factor of a job depends on; None when nobody can know."""
    term = job.factors[name].term
    meaning = term_fingerprint(term)
    if meaning is None:
        return None
    market = job.market
    across = any(find_operator(word).axis is Axis.SECTION for word in job.words[name])
    held = _contents(market, (*sorted(term.fields), *([_MASK] if across else [])), job.workers)
    rules = market.provenance.get("rules")
    parts = {
        "term": meaning,
        "dtype": job.dtype.name,
        "engine": engine_fingerprint(job.engine),
        "sessions": content_fingerprint(market.sessions.values),
        "assets": _digest("\n".join(market.assets.names)),
        "contents": held,
        "market": [market.adjust, market.universe_name, str(rules)],
    }
    return _digest(json.dumps(parts, sort_keys=True))


def _contents(market: Market, names: Sequence[str], workers: int) -> dict[str, str]:
    """Digests of fields, and of the mask, that this market showed."""
    seen = _SEEN.setdefault(market, {})
    new = [name for name in names if name not in seen]
    values = [(market.mask("estimation") if name == _MASK else market[name]).values for name in new]
    with ThreadPoolExecutor(max(1, workers)) as crew:  # hashing lets go of the interpreter
        seen.update(zip(new, crew.map(content_fingerprint, values), strict=True))
    return {name: seen[name] for name in names}


def _user_code(word: str) -> str | None:
    """What stands behind a word: nothing to add, or the version and source of a user's function."""
    if not is_user_operator(word):
        return ""
    one = user_operator(word)
    held = [cell.cell_contents for cell in getattr(one.function, "__closure__", None) or ()]
    if not one.version or not all(isinstance(value, _PLAIN) for value in held):
        return None  # what else a closure may hold is not in the source
    try:
        source = inspect.getsource(one.function)
    except (OSError, TypeError):
        source = ""  # typed at a prompt that keeps no text: the version alone speaks
    return _digest(f"{one.version}\n{source}\n{held!r}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
