"""Text is data: whatever it says, reading it does nothing, quickly, and refuses politely."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator

import pytest

from workbench.errors import FactorError
from workbench.factor import UNTRUSTED, Limits, factor, parse

ESCAPES = [
    "__import__('os')",
    "__import__('os').system('touch PWN')",
    "__import__",
    "__builtins__",
    "__builtins__['eval']('1')",
    "__class__",
    "().__class__",
    "().__class__.__bases__[0].__subclasses__()",
    "[].__class__.__mro__",
    "{}.__class__",
    "''.__class__.__mro__[1].__subclasses__()",
    "close.__class__",
    "close.__init__.__globals__",
    "close.__dict__",
    "rank.__globals__",
    "rank.__code__",
    "rank(close).__class__",
    "rank(__import__('os'))",
    "getattr(close, 'x')",
    "setattr(close, 'x', 1)",
    "eval('1')",
    "eval(1)",
    "exec('import os')",
    "exec(1)",
    "compile(1, 2, 3)",
    "open('/etc/passwd')",
    "open('/etc/passwd').read()",
    "open(1)",
    "input()",
    "breakpoint()",
    "exit()",
    "quit()",
    "globals()",
    "locals()",
    "vars()",
    "dir()",
    "type(close)",
    "object()",
    "super()",
    "help(close)",
    "print(1)",
    "import os",
    "import os; os.system('id')",
    "from os import system",
    "os.system(1)",
    "sys.exit(1)",
    "subprocess.run(1)",
    "lambda: 0",
    "lambda x: x",
    "(lambda: 0)()",
    "def f(): pass",
    "class A: pass",
    "yield 1",
    "await close",
    "async def f(): pass",
    "raise close",
    "assert close",
    "del close",
    "global close",
    "return close",
    "pass",
    "while 1: pass",
    "for x in y: x",
    "[x for x in y]",
    "(x for x in y)",
    "{x: y}",
    "{1, 2}",
    "x if y else z",
    "x := 1",
    "x = 1",
    "x += 1",
    "x -> y",
    "x; y",
    "x\n;y",
    "@pd.io.common.os.system('touch PWN')",
    "@x",
    "@decorator close",
    "`close`",
    "`touch PWN`",
    "$(touch PWN)",
    "${HOME}",
    "$close",
    "close | touch PWN",
    "close && rm -rf /",
    "close > /etc/passwd",
    "#comment",
    "close # comment",
    "close // 2",
    "close -- drop table bars",
    "close /* x */",
    "'; drop table bars; --",
    "1; select * from bars",
    "select(*)",
    "read_csv('/etc/passwd')",
    "copy(close)",
    "f'{close}'",
    "b'close'",
    "r'close'",
    "'''close'''",
    '"""close"""',
    '"close"',
    "'%s' % close",
    "'{0.__class__}'.format(close)",
    "{{7*7}}",
    "{% x %}",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "\x00",
    "close\x00",
    "rank(\x00close)",
    "\x1b[31mclose",
    "\x7f",
    "\ufeffclose",
    "\u202eclose",
    "close\u200b",
    "ｃｌｏｓｅ",
    "clоse",
    "rank（close）",
    "close […]",
    "...",
    ".",
    "..",
    "..close",
    "close..open",
    "close.",
    "0x10",
    "0b1",
    "0o7",
    "1_000",
    "1j",
    "1e",
    "1e+",
    "1e999",
    "1e99999999999999999999",
    "nan()",
    "inf()",
    "*close",
    "**close",
    "rank(*close)",
    "rank(**close)",
    "rank(x=close)",
    "rank((close, open))",
    "(close, open)",
    "()",
    "rank",
    "rank()",
    "rank(rank)",
    "rank(close)(open)",
    "(rank)(close)",
    "close(open)",
    "1(2)",
    "IndClass",
    "IndClass.",
    "IndClass.__class__",
    "IndClass.sector.__class__",
    "delay(close, -1)",
    "delay(close, --1 - 2)",
    "delay(close, delay(close, 1))",
    "delay(close, 1e308)",
    "ts_mean(close, 99999999999999999999)",
    "ts_mean(close, 0)",
    "\\",
    "\\u0041",
    "%",
    "~close",
    "close ! open",
    "?:",
    "a ? b",
    ",",
    ")",
    "(",
    "not",
    "and",
    "or not and",
]
# A word alone is a name: a harmless field that no market delivers.
HARMLESS = {"pass", "IndClass"}

FLOODS = {
    "parentheses": "(" * 4000,
    "balanced": "(" * 1999 + "x" + ")" * 1999,
    "calls": "rank(" * 799,
    "balanced calls": "rank(" * 600 + "x" + ")" * 600,
    "minus": "-" * 3999 + "x",
    "exclamation": "!" * 3999 + "x",
    "not": "not " * 999 + "x",
    "powers": "^".join("x" * 1999),
    "choices": "c?a:" * 999 + "b",
    "nested choices": "c?" * 999 + "a" + ":b" * 999,
    "sums": "+".join("x" * 1999),
    "ands": "&".join("x" * 1999),
    "commas": "rank(" + "x," * 1900 + "x)",
    "digits": "9" * 4000,
    "dots": "." * 4000,
    "letters": "a" * 4000,
    "words": "a " * 2000,
    "near name": "ts_mea" * 10 + "(x)",
    "spaces": " " * 4000,
    "lines": "\n" * 3999 + "x +",
    "nulls": "\x00" * 4000,
    "million": "x+" * 500_000,
    "surrogate": "close \ud800",
    "emoji": "😀" * 1000,
}

WATCHED = ("os.", "open", "import", "socket", "subprocess", "exec", "compile", "ctypes", "shutil")


@pytest.fixture(scope="module")
def deeds() -> Iterator[list[str]]:
    """Record what the interpreter does while watching; a hook cannot be removed."""
    seen: list[str] = []
    switch = {"on": True}

    def hook(event: str, _: object) -> None:
        if switch["on"] and _watching["now"] and event.startswith(WATCHED):
            seen.append(event)

    sys.addaudithook(hook)
    yield seen
    switch["on"] = False


_watching = {"now": False}


def refused(text: str, limits: Limits, deeds: list[str]) -> FactorError | None:
    """Read the text, hold time and deeds against the promise, and return the refusal."""
    error: FactorError | None = None
    seconds = []
    deeds.clear()
    # The best of three: a garbage collection of the whole session may fall into one of them.
    while len(seconds) < 3 and min(seconds, default=1.0) >= 0.05:
        _watching["now"] = True
        begin = time.process_time()
        try:
            parse(text, limits)
        except FactorError as caught:
            error = caught
        finally:
            seconds.append(time.process_time() - begin)
            _watching["now"] = False
    assert min(seconds) < 0.05
    assert deeds == []
    return error


def test_the_hook_sees(deeds: list[str]) -> None:
    deeds.clear()
    _watching["now"] = True
    with open(__file__, encoding="utf-8"):
        pass
    _watching["now"] = False
    assert "open" in deeds


@pytest.mark.parametrize("text", [t for t in ESCAPES if t not in HARMLESS])
def test_known_escapes_are_refused(text: str, deeds: list[str]) -> None:
    error = refused(text, Limits(), deeds)
    assert error is not None
    assert len(str(error)) < 600


@pytest.mark.parametrize("name", FLOODS)
@pytest.mark.parametrize("limits", [Limits(), UNTRUSTED], ids=["default", "untrusted"])
def test_floods_are_refused(name: str, limits: Limits, deeds: list[str]) -> None:
    error = refused(FLOODS[name], limits, deeds)
    assert error is not None
    assert len(str(error)) < 600


def test_random_text_never_surprises(deeds: list[str]) -> None:
    generator = random.Random(7)
    pieces = [
        *"()+-*/^<>=&|!?:,._'\"[]{};@#$%\\ \t\n\x00é中0123456789",
        "rank",
        "delay",
        "close",
        "1e9",
    ]
    pieces += ["__", "not ", " and ", "IndClass.", "ts_mean(", "max(", "where(", "==", "**"]
    for _ in range(4000):
        refused("".join(generator.choices(pieces, k=generator.randint(1, 40))), UNTRUSTED, deeds)


def test_harmless_words_are_only_fields() -> None:
    assert factor("pass").fields == {"pass"}
    assert factor("eval + exec").fields == {"eval", "exec"}
