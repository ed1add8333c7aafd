"""A real Chromium without network, and what it complained about.

`chromium` is the browser (one for the session), `offline_page` a page in which every request off
this machine is blocked and recorded, as is every error on the console. Without Chromium the tests
skip and say so; ``WORKBENCH_REQUIRE_BROWSER=1`` turns the skip into a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
LOCAL_SCHEMES = ("data", "blob", "file", "about")
LOCAL_HOSTS = ("127.0.0.1", "localhost")


@dataclass
class OfflinePage:
    """A page and its record.

    Parameters
    ----------
    page : playwright.sync_api.Page
        What a test drives.
    blocked : list of str
        Addresses off this machine that the page asked for.
    errors : list of str
        Errors on the console and exceptions that no script caught.
    """

    page: Page
    blocked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def assert_quiet(self) -> None:
        """Fail if the page asked for anything off this machine or reported an error."""
        assert self.blocked == []
        assert self.errors == []


def absent(reason: str) -> None:
    """Skip, or fail where a browser is required."""
    if os.environ.get("WORKBENCH_REQUIRE_BROWSER") == "1":
        pytest.fail(f"WORKBENCH_REQUIRE_BROWSER=1, but {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium of this machine, driven by playwright."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        absent(f"no Chromium was found (looked for {', '.join(PROGRAMS)} on the PATH)")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        absent("playwright is not installed (pip install playwright)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


def is_local(address: str) -> bool:
    """Whether an address stays on this machine."""
    parts = urlsplit(address)
    return parts.scheme in LOCAL_SCHEMES or parts.hostname in LOCAL_HOSTS


@pytest.fixture
def offline_page(chromium: Browser) -> Iterator[OfflinePage]:
    """A fresh page, 1400 by 950 pixels, that cannot leave this machine."""
    context = chromium.new_context(viewport={"width": 1400, "height": 950})
    offline = OfflinePage(context.new_page())

    def guard(route: Any) -> None:
        if is_local(route.request.url):
            route.continue_()
        else:
            offline.blocked.append(route.request.url)
            route.abort()

    def note(message: Any) -> None:
        if message.type == "error":
            offline.errors.append(message.text)

    context.route("**/*", guard)
    offline.page.on("console", note)
    offline.page.on("pageerror", lambda error: offline.errors.append(str(error)))
    # Websockets do not pass through the routes above.
    offline.page.on(
        "websocket",
        lambda socket: None if is_local(socket.url) else offline.blocked.append(socket.url),
    )
    yield offline
    context.close()
