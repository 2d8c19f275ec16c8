"""Real headless Chromium, driven over its debugging pipe with the standard library alone.

`Browser.open(path)` gives a page that notes every request, console message, dialog and refused
script. Nothing is mocked and nothing is downloaded: where there is no Chromium, tests are skipped.
"""

import base64
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--remote-debugging-pipe",
    "--hide-scrollbars",
    "--window-size=1280,900",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")


def executable() -> str | None:
    """Where Chromium is, or None."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Browser:
    """One Chromium with an empty profile; use as a context manager."""

    def __init__(self, profile: Path) -> None:
        to_browser, ours_out = os.pipe()
        ours_in, from_browser = os.pipe()
        command = [executable(), *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        script = f'exec "$@" 3<&{to_browser} 4>&{from_browser}'
        self.process = subprocess.Popen(
            ["/bin/bash", "-c", script, "chromium", *command],
            pass_fds=(to_browser, from_browser),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self.out, self.into = os.fdopen(ours_out, "wb"), os.fdopen(ours_in, "rb")
        self.events: list[dict] = []
        self.number = 0
        self.rest = b""

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)
        self.out.close()
        self.into.close()

    def send(self, method: str, session: str | None = None, **params: object) -> dict:
        """One command and its result; events that come meanwhile are kept."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self.out.write(json.dumps(message).encode() + b"\0")
        self.out.flush()
        while True:
            reply = self._read()
            if reply.get("id") == self.number:
                if "error" in reply:
                    raise RuntimeError(f"{method}: {reply['error']['message']}")
                return reply["result"]
            self._note(reply)

    def _note(self, event: dict) -> None:
        self.events.append(event)
        if event.get("method") == "Page.javascriptDialogOpening":
            accept = {"method": "Page.handleJavaScriptDialog", "params": {"accept": True}}
            self.number += 1
            message = {"id": self.number, "sessionId": event["sessionId"], **accept}
            self.out.write(json.dumps(message).encode() + b"\0")
            self.out.flush()
            self.number += 1  # the reply to the dialog is nobody's

    def _read(self) -> dict:
        while b"\0" not in self.rest:
            more = os.read(self.into.fileno(), 1 << 20)
            if not more:
                raise RuntimeError("Chromium has gone")
            self.rest += more
        message, _, self.rest = self.rest.partition(b"\0")
        return json.loads(message)

    def open(self, path: Path, width: int = 1280, scripts: bool = True) -> "Page":
        """Load a file; waits until the page says that it is ready."""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable", session)
        page = Page(self, session, target)
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        self.send("Emulation.setDeviceMetricsOverride", session, **size)
        self.send("Emulation.setScriptExecutionDisabled", session, value=not scripts)
        self.events.clear()
        started = time.monotonic()
        self.send("Page.navigate", session, url=path.as_uri())
        if scripts:
            page.wait("document.documentElement?.dataset.ready === 'true'")
        page.seconds = time.monotonic() - started
        return page


class Page:
    """One tab."""

    def __init__(self, browser: Browser, session: str, target: str) -> None:
        self.browser, self.session, self.target = browser, session, target
        self.seconds = 0.0

    def do(self, expression: str) -> object:
        """The value of a JavaScript expression; a promise is awaited."""
        result = self.browser.send(
            "Runtime.evaluate",
            self.session,
            expression=expression,
            returnByValue=True,
            awaitPromise=True,
        )
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")

    def wait(self, condition: str, seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        while not self.do(condition):
            if time.monotonic() > deadline:
                raise TimeoutError(condition)
            time.sleep(0.02)

    def text(self, selector: str) -> str:
        return self.do(f"document.querySelector({json.dumps(selector)}).innerText")

    def count(self, selector: str) -> int:
        return self.do(f"document.querySelectorAll({json.dumps(selector)}).length")

    def click(self, selector: str) -> None:
        self.do(f"document.querySelector({json.dumps(selector)}).click()")

    def press(self, key: str, code: int) -> None:
        for kind in ("keyDown", "keyUp"):
            params = {"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code}
            if key == "Enter" and kind == "keyDown":
                params["text"] = "\r"
            self.browser.send("Input.dispatchKeyEvent", self.session, **params)

    def pdf(self) -> bytes:
        printed = self.browser.send("Page.printToPDF", self.session, printBackground=True)
        return base64.b64decode(printed["data"])

    def picture(self, path: Path) -> None:
        shot = self.browser.send("Page.captureScreenshot", self.session, captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def requests(self) -> list[str]:
        """Everything that was asked for, beside the file itself."""
        sent = [e["params"]["request"]["url"] for e in self._events("Network.requestWillBeSent")]
        return [url for url in sent if not url.startswith(("file:", "blob:", "data:"))]

    def complaints(self) -> list[str]:
        """Console errors, exceptions, refused scripts and dialogs."""
        found = [e["params"]["entry"]["text"] for e in self._events("Log.entryAdded")]
        found += [str(e["params"]) for e in self._events("Runtime.exceptionThrown")]
        found += [str(e["params"]) for e in self._events("Runtime.consoleAPICalled")]
        return found + [str(e["params"]) for e in self._events("Page.javascriptDialogOpening")]

    def _events(self, method: str) -> list[dict]:
        self.do("1")
        return [
            e
            for e in self.browser.events
            if e.get("method") == method and e.get("sessionId") == self.session
        ]
