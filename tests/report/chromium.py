"""A page in a real headless Chromium, driven over its DevTools pipe: nothing to install but the browser."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--hide-scrollbars", "--force-color-profile=srgb",
    "--remote-debugging-pipe",
]  # fmt: skip
KEY_CODES = {
    "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Enter": 13, "Escape": 27, "Tab": 9, "Home": 36, "End": 35,
    "PageDown": 34, "PageUp": 33,
}  # fmt: skip
TIMEOUT = 30.0
"""Seconds to wait for an answer or a condition before the test fails."""


class Page:
    """One browser with one page. ``console``: what the page said or threw; ``requests``: every URL it asked for."""

    def __init__(self, profile: Path, width: int = 1440, height: int = 900) -> None:
        if PROGRAM is None:
            raise RuntimeError("Chromium is not installed")
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()

        def as_descriptors_3_and_4() -> None:
            # copies first: they are above 4, so neither is closed when the other takes its number
            copies = os.dup(to_browser), os.dup(from_browser)
            os.dup2(copies[0], 3)
            os.dup2(copies[1], 4)

        self._process = subprocess.Popen(
            [PROGRAM, *FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}", "about:blank"],
            preexec_fn=as_descriptors_3_and_4, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_browser)
        os.close(from_browser)
        self._buffer = b""
        self._number = 0
        self._session: str | None = None
        self.console: list[str] = []
        self.requests: list[str] = []
        self.events: list[dict[str, Any]] = []
        targets = self.send("Target.getTargets")["targetInfos"]
        target = next(one["targetId"] for one in targets if one["type"] == "page")
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")
        self.resize(width, height)

    def __enter__(self) -> Page:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
        os.close(self._write)
        os.close(self._read)

    # the pipe

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command and its answer; events that come meanwhile are noted."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + TIMEOUT
        while True:
            answer = self._receive(deadline)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result

    def _receive(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], max(0, deadline - time.monotonic()))
            data = os.read(self._read, 1 << 20) if ready else b""
            if not data:
                raise TimeoutError("the browser does not answer")
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        self._note(message)
        return message

    def _note(self, message: dict[str, Any]) -> None:
        parameters = message.get("params", {})
        match message.get("method"):
            case "Runtime.consoleAPICalled":
                self.console.append(
                    f"{parameters['type']}: {[one.get('value', one.get('description')) for one in parameters['args']]}"
                )
            case "Runtime.exceptionThrown":
                details = parameters["exceptionDetails"]
                self.console.append(
                    f"exception: {details.get('exception', {}).get('description', details['text'])}"
                )
            case "Log.entryAdded":
                self.console.append(f"log: {parameters['entry']['text']}")
            case "Network.requestWillBeSent":
                self.requests.append(parameters["request"]["url"])
            case str():
                self.events.append(message)

    # what a reader does

    def open(self, url: str) -> float:
        """Go to an address; seconds until the overview or a document is on the page."""
        start = time.monotonic()
        self.send("Page.navigate", url=url)
        self.until(
            "!!document.querySelector('#facets .bar, #document h1') || !!document.querySelector('#notice:not([hidden])')"
        )
        return time.monotonic() - start

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        answer = self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"]["exception"]["description"])
        return answer["result"].get("value")

    def until(self, condition: str) -> Any:
        """Wait until an expression is true; its value."""
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            try:
                value = self.run(f"document.readyState !== 'uninitialized' && ({condition})")
            except (AssertionError, RuntimeError):  # the page is being replaced
                value = None
            if value:
                return value
            time.sleep(0.02)
        raise AssertionError(f"never true: {condition}; console: {self.console}")

    def texts(self, selector: str) -> list[str]:
        """The text of every element that matches, as a reader sees it."""
        found: list[str] = self.run(
            f"Array.from(document.querySelectorAll({json.dumps(selector)}), (one) => one.innerText)"
        )
        return found

    def text(self, selector: str) -> str:
        """The text of the first element that matches."""
        return self.texts(selector)[0]

    def middle(self, selector: str) -> tuple[float, float]:
        """Where the first element that matches can be pointed at; it is scrolled into sight."""
        place = self.run(
            f"(() => {{ const one = document.querySelector({json.dumps(selector)}); one.scrollIntoView({{block: 'center'}});"
            " const box = one.getClientRects()[0]; return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        return place[0], place[1]

    def hover(self, selector: str) -> None:
        """Move the mouse there."""
        x, y = self.middle(selector)
        self.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def click(self, selector: str) -> None:
        """Click with the mouse there."""
        x, y = self.middle(selector)
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, *keys: str) -> None:
        """Press keys by name or character."""
        for key in keys:
            code = KEY_CODES.get(key, ord(key.upper()) if len(key) == 1 else 0)
            text = {"text": key} if len(key) == 1 else {"text": "\r"} if key == "Enter" else {}
            self.send("Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=code, **text)
            self.send("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def type(self, text: str) -> None:
        """Put text into the field that has the keyboard."""
        self.send("Input.insertText", text=text)

    def resize(self, width: int, height: int) -> None:
        """Give the page another size in CSS pixels."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def media(self, kind: str = "screen", scheme: str = "light") -> None:
        """Show the page as on screen or paper, light or dark."""
        self.send(
            "Emulation.setEmulatedMedia",
            media=kind,
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )

    def screenshot(self, path: Path, whole: bool = False) -> None:
        """Save what is seen (or the whole page) as PNG."""
        data = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        path.write_bytes(base64.b64decode(data))

    def pdf(self, path: Path) -> None:
        """Print the page."""
        path.write_bytes(
            base64.b64decode(
                self.send("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"]
            )
        )

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait until something outside the page is so."""
        deadline = time.monotonic() + TIMEOUT
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError("never so")
            time.sleep(0.02)
