"""Where a report's files go, and how they get there.

1. :func:`stem` makes the file name: slug of the title, short hash of the inputs.
2. :func:`open_folder` creates the folder and refuses what is not one.
3. :func:`place` refuses everything that would land outside the folder, and symbolic links.
4. :func:`write` writes beside the target, flushes to disk, and renames: a reader sees the old
   file or the new one, never half of one.
5. :func:`exclusive` keeps two writers of one folder apart.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from workbench.errors import ReportPathError

__all__ = ["exclusive", "open_folder", "place", "slug", "stem", "write"]

LONGEST_SLUG = 48


def slug(text: str) -> str:
    """Return `text` as a short, plain file name part.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        ``a-z``, ``0-9`` and single hyphens, at most 48 characters, maybe empty.

    Examples
    --------
    >>> slug("../../Étude: rank(close)!")
    'etude-rank-close'
    """
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", ascii_text.lower())
    return "-".join(words)[:LONGEST_SLUG].strip("-")


def stem(template: str, title: str, digest: str) -> str:
    """Return the file name of a report without suffix.

    Parameters
    ----------
    template : str
        Name of the template.
    title : str
        Title or factor text.
    digest : str
        Hash of the inputs; its first ten characters are used.

    Returns
    -------
    str

    Examples
    --------
    >>> stem("factor_study", "rank(close)", "0123456789abcdef")
    'factor-study-rank-close-0123456789'
    """
    return "-".join(part for part in (slug(template), slug(title), digest[:10]) if part)


def open_folder(out: str | os.PathLike[str]) -> Path:
    """Create the folder `out` if needed and return it resolved.

    Parameters
    ----------
    out : path
        Folder of the reports.

    Returns
    -------
    Path

    Raises
    ------
    ReportPathError
        If it is a link, a file, not writable, or no path at all.
    """
    try:
        folder = Path(out)
        if folder.is_symlink():
            raise ReportPathError(
                f"Expected a folder for reports, got the symbolic link {str(folder)!r}; "
                "name the folder that it points to."
            )
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise ReportPathError(f"Expected a writable folder for reports, got {str(folder)!r}.")
        return folder.resolve(strict=True)
    except (OSError, ValueError, TypeError) as error:
        if isinstance(error, ReportPathError):
            raise
        raise ReportPathError(
            f"Expected a folder for reports, got {str(out)[:200]!r} ({type(error).__name__}); "
            "name a folder that exists or can be created."
        ) from error


def place(folder: Path, name: str) -> Path:
    """Return ``folder / name`` if it is a plain file place inside `folder`.

    Parameters
    ----------
    folder : Path
        A resolved folder.
    name : str
        File name.

    Returns
    -------
    Path

    Raises
    ------
    ReportPathError
        If the place is outside the folder, a link, or taken by something that is no file.

    Examples
    --------
    >>> place(Path("/tmp"), "../etc/passwd")
    Traceback (most recent call last):
    ...
    workbench.errors.ReportPathError: Expected a file name inside the folder, got '../etc/passwd'.
    """
    target = folder / name
    if "\0" in name or target.parent != folder or target.name != name:
        raise ReportPathError(f"Expected a file name inside the folder, got {name[:200]!r}.")
    if target.is_symlink() or (target.exists() and not target.is_file()):
        raise ReportPathError(
            f"Expected {name!r} to be a plain file or absent; remove what is in its place."
        )
    if not target.resolve().is_relative_to(folder):
        raise ReportPathError(f"Expected a place inside the folder, got {name[:200]!r}.")
    return target


@contextlib.contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold the folder: a second process waits here until the first is done.

    The lock is on the folder itself, so it leaves no file behind and ends with its process.

    Parameters
    ----------
    folder : Path
        An existing folder.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write(target: Path, content: bytes) -> Path:
    """Write `content` to `target` atomically and return `target`.

    Parameters
    ----------
    target : Path
        A place that :func:`place` has accepted.
    content : bytes
        The whole file.

    Returns
    -------
    Path

    Raises
    ------
    ReportPathError
        If the disk refuses; the old file, if any, is untouched.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=".report-", suffix=".part", dir=target.parent)
    except OSError as error:
        raise ReportPathError(
            f"Cannot write into {target.parent.name!r}: {error.strerror}."
        ) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, target)
    except OSError as error:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise ReportPathError(f"Cannot write {target.name!r}: {error.strerror}.") from error
    return target
