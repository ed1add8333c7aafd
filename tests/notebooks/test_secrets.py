"""Tokens in the environment leave no trace in an executed notebook or beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CANARY = "c4nary" + "5f" * 25


def test_no_token_in_outputs_or_files(tmp_path: Path) -> None:
    copy = tmp_path / "01_data.ipynb"
    copy.write_bytes((ROOT / "notebooks" / "01_data.ipynb").read_bytes())
    (tmp_path / "tmp").mkdir()
    home = {name: str(tmp_path / name.lower()) for name in ("JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    tokens = {"TUSHARE_TOKEN": CANARY, "MASSIVE_API_KEY": CANARY, "TMPDIR": str(tmp_path / "tmp")}
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "jupyter", "execute", "--inplace", str(copy)],
        cwd=tmp_path,
        env=os.environ | home | tokens | {"PYTHONPATH": paths},
        capture_output=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert b"TUSHARE_TOKEN" in copy.read_bytes()  # the place is told, the token is not
    secret = CANARY.encode()
    found = [p for p in tmp_path.rglob("*") if p.is_file() and secret in p.read_bytes()]
    assert found == []
    assert secret not in done.stdout + done.stderr
