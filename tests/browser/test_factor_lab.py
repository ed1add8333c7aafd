"""The factor lab in a real browser: works offline, shows true numbers, runs no foreign text."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import workbench as wb
from workbench.tearsheet.tables import write

pytestmark = pytest.mark.browser

DEMO = {"seed": 7, "sessions": 160, "assets": 60}
EXPRESSION = "-1 * correlation(rank(open), rank(volume), 10)"
FIRST_CARD = {
    "Summary": "Every horizon",
    "Information coefficient": "Rank IC by session",
    "Quantiles": "Return of each quantile",
    "Trading": "Turnover of the outer quantiles",
}
PATIENCE = 60_000  # milliseconds; a loaded machine imports slowly

# Product of the opacities from an element to the page, through shadow roots.
FAINT = """element => {
  let all = 1;
  for (let e = element; e; e = e.parentElement ?? e.getRootNode().host)
    all *= Number(getComputedStyle(e).opacity);
  return all;
}"""

START = f"""
from workbench.apps.serve import serve
serve(port=0, demo={DEMO!r}, ready=lambda address: print(address, flush=True))
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[str]:
    """Address of a factor lab that runs in a process of its own."""
    log = tmp_path_factory.mktemp("lab") / "server.log"
    # Settings that must not be able to open the server or to send the browser elsewhere.
    environment = os.environ | {"BOKEH_RESOURCES": "cdn", "BOKEH_ALLOW_WS_ORIGIN": "evil.example"}
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            [sys.executable, "-c", START],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            env=environment,
            cwd=Path(wb.__file__).parents[1],
        ) as process,
    ):
        try:
            address = process.stdout.readline().strip()
            pattern = r"http://127\.0\.0\.1:\d+/factor_lab\?token=[\w-]{32}"
            assert re.fullmatch(pattern, address), log.read_text()
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def port_of(address: str) -> int:
    return int(address.split(":")[2].split("/")[0])


def opened(offline, address: str):
    """The page once it can be used."""
    page = offline.page
    page.goto(address)
    page.get_by_role("button", name="Run").wait_for(timeout=PATIENCE)
    return page


def write_expression(page, text: str) -> None:
    page.get_by_label("Factor expression").fill(text)


def run(page) -> None:
    page.get_by_role("button", name="Run").click()
    page.get_by_text(re.compile(r"Finished in")).wait_for(timeout=PATIENCE)


def headline(page) -> dict[str, str]:
    """Headline numbers as shown."""
    tiles = page.locator("dl.wb-headline > div").all()
    return {
        tile.locator("dt").inner_text(): tile.locator("dd").first.inner_text() for tile in tiles
    }


@pytest.fixture(scope="module")
def study():
    """The same study, made without a screen."""
    return wb.evaluate(EXPRESSION, wb.demo_market(**DEMO))


def test_a_study_from_typing_to_numbers(lab, offline_page, study, tmp_path) -> None:
    page = opened(offline_page, lab)
    page.screenshot(path=tmp_path / "empty.png")
    write_expression(page, EXPRESSION)
    page.get_by_text("Looks back 9 sessions · fields: open, volume").wait_for(timeout=PATIENCE)
    run(page)
    assert page.locator("dl.wb-headline").evaluate(FAINT) == 1
    for horizon in (1, 20):
        if horizon != 1:
            page.get_by_role("button", name=str(horizon), exact=True).click()
            page.get_by_text(f"held {horizon} sessions from").wait_for(timeout=PATIENCE)
        row, shown = study.summary().loc[horizon], headline(page)
        assert shown["Rank IC"] == write(row["rank_ic"])
        assert shown["t (Newey-West)"] == write(row["t_newey_west"])
        assert shown["Spread, annual"] == write(row["spread"], "percent")
        assert shown["Coverage"] == write(row["coverage"], "percent")
    for tab in FIRST_CARD:
        page.locator(".bk-tab", has_text=tab).click()
        page.get_by_text(FIRST_CARD[tab], exact=True).wait_for(timeout=PATIENCE)
        page.locator("canvas").first.wait_for(timeout=PATIENCE)
        page.wait_for_timeout(700)
        page.screenshot(path=tmp_path / f"{tab.split()[0].lower()}.png", full_page=True)
        assert page.locator(".bk-Figure").count() >= 2
    page.locator(".bk-tab", has_text="Recipe").click()
    page.get_by_text(study.notes[0]).wait_for(timeout=PATIENCE)
    offline_page.assert_quiet()


def test_a_broken_expression_keeps_what_was_typed(lab, offline_page, tmp_path) -> None:
    page = opened(offline_page, lab)
    broken = "rank(close) +* 2"
    write_expression(page, broken)
    message = page.locator("pre").first
    page.locator("pre", has_text="rank(close) +* 2").wait_for(timeout=PATIENCE)
    lines = message.inner_text().splitlines()
    at = next(i for i, text in enumerate(lines) if text.strip() == "^")
    assert lines[at - 1][lines[at].index("^")] == "*"
    assert "monospace" in message.evaluate("e => getComputedStyle(e).fontFamily")
    page.get_by_role("button", name="Run").click()
    page.get_by_role("alert").get_by_text("The study could not be made").wait_for(timeout=PATIENCE)
    page.screenshot(path=tmp_path / "broken.png")
    assert page.get_by_label("Factor expression").input_value() == broken
    offline_page.assert_quiet()


def test_a_wrong_horizon_is_explained(lab, offline_page) -> None:
    page = opened(offline_page, lab)
    page.get_by_label("Horizons (sessions)").fill("1, x")
    page.get_by_role("button", name="Run").click()
    page.get_by_text("expected whole numbers of sessions").wait_for(timeout=PATIENCE)
    offline_page.assert_quiet()


@pytest.mark.parametrize(
    "hostile",
    [
        "<img src=x onerror=window.PWN=1>",
        "</pre><script>window.PWN=1</script>",
        "rank(close) + `<svg onload=window.PWN=1>`",
    ],
)
def test_text_never_becomes_a_script(lab, offline_page, hostile: str) -> None:
    page = opened(offline_page, lab)
    write_expression(page, hostile)
    page.locator("pre", has_text=hostile.split()[0]).first.wait_for(timeout=PATIENCE)
    page.get_by_role("button", name="Run").click()
    page.get_by_role("alert").get_by_text("The study could not be made").wait_for(timeout=PATIENCE)
    page.get_by_label("Horizons (sessions)").fill(hostile)
    page.wait_for_timeout(500)
    assert page.evaluate("window.PWN") is None
    assert page.locator("img, svg[onload]").count() == 0
    offline_page.assert_quiet()


def test_two_sessions_do_not_see_each_other(lab, chromium) -> None:
    contexts = [chromium.new_context() for _ in range(2)]
    try:
        pages = [context.new_page() for context in contexts]
        for page in pages:
            page.goto(lab)
            page.get_by_role("button", name="Run").wait_for(timeout=PATIENCE)
        write_expression(pages[0], "rank(volume)")
        pages[0].get_by_text("fields: volume").wait_for(timeout=PATIENCE)
        assert pages[1].get_by_label("Factor expression").input_value() == EXPRESSION
        run(pages[0])
        assert pages[1].get_by_text("No study yet").is_visible()
    finally:
        for context in contexts:
            context.close()


def test_the_keyboard_is_enough(lab, offline_page) -> None:
    page = opened(offline_page, lab)
    page.get_by_label("Factor expression").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("rank(close)")
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.get_by_role("button", name="Run").evaluate("e => e.matches(':focus')"):
            break
    page.keyboard.press("Enter")
    page.get_by_text(re.compile(r"Finished in")).wait_for(timeout=PATIENCE)
    page.get_by_role("heading", name="rank(close)").wait_for(timeout=PATIENCE)
    offline_page.assert_quiet()


def test_a_narrow_screen_does_not_scroll_sideways(lab, offline_page, tmp_path) -> None:
    offline_page.page.set_viewport_size({"width": 420, "height": 900})
    page = opened(offline_page, lab)
    run(page)
    page.wait_for_timeout(700)
    page.screenshot(path=tmp_path / "narrow.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    offline_page.assert_quiet()


@pytest.fixture(scope="module")
def cookie(lab) -> dict[str, str]:
    """The cookie that the token buys."""
    path = lab.removeprefix(f"http://127.0.0.1:{port_of(lab)}")
    status, headers = answer(lab, path, {})
    assert (status, headers["Location"]) == (302, "/factor_lab")
    assert "HttpOnly" in headers["Set-Cookie"]
    return {"Cookie": headers["Set-Cookie"].split(";")[0]}


class TestDoor:
    """What plain requests get, cookie or not."""

    @pytest.mark.parametrize("path", ["/factor_lab", "/", "/static/js/bokeh.min.js"])
    @pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example"])
    def test_a_foreign_host_is_refused(self, lab, cookie, host: str, path: str) -> None:
        assert answer(lab, path, cookie | {"Host": host})[0] == 403

    def test_this_machine_is_served_with_the_token(self, lab, cookie) -> None:
        port = port_of(lab)
        for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
            assert answer(lab, "/factor_lab", cookie | {"Host": host})[0] == 200

    @pytest.mark.parametrize(
        "path",
        ["/factor_lab", "/factor_lab?token=", "/factor_lab?token=wrong", "/static/js/bokeh.min.js"],
    )
    def test_nothing_is_served_without_it(self, lab, path: str) -> None:
        for headers in ({}, {"Cookie": f"workbench-{port_of(lab)}=wrong"}):
            assert answer(lab, path, headers)[0] == 403

    def test_a_foreign_page_gets_no_websocket(self, lab, cookie) -> None:
        upgrade = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
        own = {"Origin": f"http://127.0.0.1:{port_of(lab)}"}
        for origin in ("http://evil.example", "http://127.0.0.1:1", "null"):
            headers = upgrade | cookie | {"Origin": origin}
            assert answer(lab, "/factor_lab/ws", headers)[0] == 403
        assert answer(lab, "/factor_lab/ws", upgrade | own)[0] == 403
        assert answer(lab, "/factor_lab/ws", upgrade | cookie | own)[0] == 101

    def test_no_other_address_of_this_machine_answers(self, lab) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(("192.0.2.1", 9))  # chooses a route, sends nothing
                outside = probe.getsockname()[0]
            except OSError:
                pytest.skip("this machine has no address but loopback")
        if outside.startswith("127."):
            pytest.skip("this machine has no address but loopback")
        with pytest.raises(OSError, match=r"refused|timed out"):
            socket.create_connection((outside, port_of(lab)), timeout=3).close()


def answer(address: str, path: str, headers: dict[str, str]) -> tuple[int, http.client.HTTPMessage]:
    """Status and headers of one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port_of(address), timeout=30)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.headers
    finally:
        connection.close()
