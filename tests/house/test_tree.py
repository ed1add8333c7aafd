"""The tree is the design card's; nothing in it tells on which machine it was written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.repository import ROOT, child, files, relative

FOLDERS = {".ci", ".github", "notebooks", "reports", "tests", "workbench"}
BINARY = {".gif", ".ico", ".jpg", ".parquet", ".pdf", ".png", ".svgz", ".woff2", ".zip"}
TEXT = [path for path in files() if path.suffix not in BINARY]

NOBODY = r"(?!(?:a|ann|me|user|you)\b)\w"
"""Start of a user's name that is not one of the invented ones of examples."""

# Written in two halves, or this file would accuse itself.
TELLTALES = {
    "a working directory": r"(?<![\w.])/wo" r"rk/|/tm" r"p/wb",
    "a home directory": (
        r"(?<![\w.])/ro"
        r"ot/|/ho"
        rf"me/{NOBODY}|/Use"
        rf"rs/{NOBODY}|[A-Z]:\\Use"
        rf"rs\\{NOBODY}"
    ),
    "a package index": r"--(extra-)?index-" r"url|PIP_INDEX_" r"URL|artifac" r"tory|dev" r"pi\b",
    "an address in a private net": (
        r"https?://(10|172\.(1[6-9]|2\d|3[01])|192\.168)\.\d" r"|\.intern" r"al[:/]"
    ),
}


def telltales(text: str) -> list[str]:
    """Name what a text gives away."""
    found = ((what, re.search(pattern, text)) for what, pattern in TELLTALES.items())
    return [f"{what}: {match[0]!r}" for what, match in found if match]


def test_no_folder_outside_the_design_card():
    tops = {path.relative_to(ROOT).parts[0] for path in files() if path.parent != ROOT}
    assert tops <= FOLDERS


def test_no_drawer_for_odds_and_ends():
    assert not [relative(p) for p in files() if p.stem in {"utils", "util", "helpers", "misc"}]


@pytest.mark.parametrize("path", TEXT, ids=relative)
def test_file_tells_no_machine(path: Path):
    assert not telltales(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "parts",
    [
        ("see /wo", "rk/main/x.py"),
        ("/ho", "me/zoe/x"),
        ("C:\\Use", "rs\\zoe"),
        ("pip --index-", "url http://x"),
        ("http://10.", "0.0.7:3141/simple"),
    ],
)
def test_telltales_are_seen(parts):
    assert telltales("".join(parts))


def test_innocent_text_passes():
    assert not telltales(
        "https://pypi.org/project/x http://127.0.0.1:5006 ../shared/data /ho" + "me/a/b"
    )


def test_ruff_is_content():
    child("-m", "ruff", "check", "--no-cache", "--output-format=concise", ".")
