"""``workbench token`` and the log of a run: nothing shows a token."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import keyring.backends.fail
import pytest
from typer.testing import CliRunner

from workbench.cli.logs import start_log
from workbench.cli.token import app
from workbench.data.secrets import Secret, find_token
from workbench.errors import BadValueError, TokenError

VALUE = "0123456789abcdef-the-token-xy"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No token, keyring or folder of whoever runs the tests."""
    for service in ("TUSHARE", "MASSIVE"):
        monkeypatch.delenv(f"WORKBENCH_{service}_TOKEN", raising=False)
    for name in ("TUSHARE_TOKEN", "MASSIVE_API_KEY", "POLYGON_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WORKBENCH_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr("keyring.core._keyring_backend", keyring.backends.fail.Keyring())


def invoke(*words: str, given: str = "") -> object:
    return CliRunner().invoke(app, list(words), input=given)


class TestToken:
    def test_set_show_remove(self, tmp_path: Path) -> None:
        done = invoke("set", "tushare", given=f"{VALUE}\n")
        assert done.exit_code == 0, done.output
        assert f"file {tmp_path / 'config' / 'tokens'}" in done.output
        assert find_token("tushare").reveal() == VALUE
        shown = invoke("show")
        assert shown.exit_code == 0
        assert "…xy" in shown.output
        assert VALUE[:-2] not in done.output + shown.output
        assert invoke("remove", "tushare").exit_code == 0
        assert invoke("show", "tushare").exit_code == 1

    def test_json(self) -> None:
        invoke("set", "massive", given=VALUE)
        rows = json.loads(invoke("show", "--json").output)
        assert [row["service"] for row in rows] == ["tushare", "massive"]
        assert [row["ending"] for row in rows] == [None, "xy"]
        assert set(rows[0]) == {"service", "source", "ending"}

    def test_a_variable_comes_first(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TUSHARE_TOKEN", "another-token-12")
        done = invoke("set", "tushare", given=VALUE)
        assert "variable TUSHARE_TOKEN comes first" in done.output
        gone = invoke("remove", "tushare")
        assert "variable TUSHARE_TOKEN still holds one" in gone.output
        assert "another-token" not in done.output + gone.output

    def test_never_an_argument(self) -> None:
        done = invoke("set", "tushare", VALUE)
        assert done.exit_code == 2
        assert VALUE not in done.output
        assert "never an argument" in done.output
        with pytest.raises(TokenError) as caught:
            CliRunner().invoke(app, ["set", VALUE], catch_exceptions=False)
        assert VALUE not in str(caught.value)

    @pytest.mark.parametrize("given", ["", "\n", "two words\n"])
    def test_nothing_usable(self, given: str) -> None:
        done = invoke("set", "tushare", given=given)
        assert isinstance(done.exception, TokenError)

    def test_prompt_shows_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = []
        monkeypatch.setattr("getpass.getpass", lambda text: asked.append(text) or VALUE)
        monkeypatch.setattr("workbench.cli.token._terminal", lambda: True)
        assert invoke("set", "tushare").exit_code == 0
        assert asked == ["Token for tushare (not shown): "]
        assert find_token("tushare").reveal() == VALUE

    @pytest.mark.parametrize("words", [[], ["set"], ["show"], ["remove"]], ids=" ".join)
    def test_help(self, words: list[str]) -> None:
        done = invoke(*words, "--help")
        assert done.exit_code == 0
        assert "Usage:" in done.output


class TestLog:
    @pytest.fixture(autouse=True)
    def tidy(self) -> Iterator[None]:
        root = logging.getLogger("workbench")
        before = list(root.handlers), root.level
        yield
        for handler in root.handlers:
            if handler not in before[0]:
                handler.close()
        root.handlers[:], root.level = before
        import structlog

        structlog.reset_defaults()

    def test_json_lines(self, tmp_path: Path) -> None:
        Secret(VALUE)
        file = tmp_path / "run.log"
        log = start_log("run-1", file)
        log.info("update", dataset="cn.bars_1d", rows=5, token=VALUE, deep={"t": [VALUE]})
        logging.getLogger("workbench.data.client").warning("asked with %s", VALUE)
        try:
            raise ValueError(f"bad {VALUE}")
        except ValueError:
            log.exception("failed")
        log.debug("not written")
        text = file.read_text(encoding="utf-8")
        lines = [json.loads(line) for line in text.splitlines()]
        assert VALUE not in text
        assert [line["event"] for line in lines] == ["update", "asked with ***", "failed"]
        assert {line["run"] for line in lines} == {"run-1"}
        assert (lines[0]["rows"], lines[0]["token"]) == (5, "***")
        assert lines[0]["deep"] == {"t": ["***"]}
        assert lines[1]["logger"] == "workbench.data.client"
        assert lines[1]["level"] == "warning"
        assert "ValueError: bad ***" in lines[2]["exception"]
        assert lines[0]["at"].endswith("Z")
        assert file.stat().st_mode & 0o777 == 0o600

    def test_standard_error(self, capsys: pytest.CaptureFixture[str]) -> None:
        start_log().warning("careful")
        start_log().warning("again")
        out, err = capsys.readouterr()
        lines = [json.loads(line) for line in err.splitlines()]
        assert out == ""
        assert [line["event"] for line in lines] == ["careful", "again"]
        assert lines[0]["run"] != lines[1]["run"]

    @pytest.mark.parametrize("run_id", ["", "a b", "../x", "x" * 65, "a\n"])
    def test_bad_run_id(self, run_id: str) -> None:
        with pytest.raises(BadValueError, match="run id"):
            start_log(run_id)

    def test_bad_file(self, tmp_path: Path) -> None:
        with pytest.raises(BadValueError, match="cannot be written"):
            start_log("x", tmp_path / "missing" / "run.log")
