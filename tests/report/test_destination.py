"""Where files go: inside the folder, never through a link, never half written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from workbench.errors import ReportPathError
from workbench.report.destination import open_folder, place, slug, stem, write

TITLES = [
    "../../../etc/cron.d/r",
    "/etc/passwd",
    "C:\\windows\\system32",
    "..",
    ".",
    "",
    "a\0b",
    "a\nb",
    "x" * 10_000,
    "{factor.__class__}",
    "价格动量",
    "CON",
    "-rf",
    "~/.ssh/id",
    "$(touch x)",
    "%2e%2e%2f",
]


@pytest.mark.parametrize("title", TITLES, ids=lambda title: repr(title)[:20])
def test_any_title_makes_a_plain_file_name(title: str, tmp_path: Path) -> None:
    name = stem("factor_study", title, "0123456789abcdef")
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert name.startswith("factor-study-")
    assert name.endswith("-0123456789")
    assert len(name) < 90
    assert place(tmp_path.resolve(), name + ".html").parent == tmp_path.resolve()


def test_slug_examples() -> None:
    assert slug("Étude: rank(close)!") == "etude-rank-close"
    assert slug("价格") == ""


@pytest.mark.parametrize("name", ["../x", "/x", "a/b", "..", ".", "", "a\0", "../../etc/passwd"])
def test_place_refuses_names_that_leave_the_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises((ReportPathError, ValueError), match=r"Expected|embedded null"):
        place(tmp_path.resolve(), name)


def test_place_refuses_links_and_folders(tmp_path: Path) -> None:
    folder = tmp_path.resolve()
    (folder / "link.html").symlink_to(tmp_path.parent / "elsewhere.html")
    (folder / "inside.html").symlink_to(folder / "real.html")
    (folder / "taken.html").mkdir()
    for name in ("link.html", "inside.html", "taken.html"):
        with pytest.raises(ReportPathError):
            place(folder, name)


@pytest.mark.parametrize("out", ["a\0b", "x" * 5000, "\0", 7, None], ids=lambda out: repr(out)[:12])
def test_no_folder_at_all(out: object) -> None:
    with pytest.raises(ReportPathError, match="Expected a folder for reports"):
        open_folder(out)  # type: ignore[arg-type]


def test_folder_that_is_a_file_or_a_link(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    for name in ("file", "file/below", "link"):
        with pytest.raises(ReportPathError):
            open_folder(tmp_path / name)
    assert list((tmp_path / "real").iterdir()) == []


def test_folder_is_created(tmp_path: Path) -> None:
    assert open_folder(tmp_path / "a" / "b").is_dir()


def test_write_replaces_whole_files(tmp_path: Path) -> None:
    target = tmp_path / "a.html"
    write(target, b"old")
    write(target, b"new")
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.html"
    write(target, b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ReportPathError, match="No space left"):
        write(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
