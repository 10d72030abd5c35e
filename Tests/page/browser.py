"""Drives Debian's Chromium through its DevTools protocol, over a pipe: the standard library is enough."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]


def program():
    """The path of a Chromium; None: there is none."""
    wanted = os.environ.get("STUNE_CHROMIUM")
    if wanted:
        return wanted
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Failure(Exception):
    """The browser refused a command, or a script threw."""


class Browser:
    """A browser with one page. The network is off: what it shows comes from the files, and from loopback where allowed."""

    def __init__(self, width=1280, height=900, dark=False, offline=True):
        self.place = tempfile.mkdtemp(prefix="stune-page-")
        (down_read, self.down), (self.up, up_write) = os.pipe(), os.pipe()
        arguments = [
            program(), "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
            "--disable-dev-shm-usage", "--hide-scrollbars", "--force-device-scale-factor=1",
            f"--user-data-dir={self.place}", f"--window-size={width},{height}",
        ]

        # The browser reads commands from descriptor 3 and writes answers to 4.
        def arrange():
            spare = os.dup(down_read), os.dup(up_write)
            os.dup2(spare[0], 3)
            os.dup2(spare[1], 4)

        self.log = open(os.path.join(self.place, "log"), "wb")
        self.process = subprocess.Popen(
            arguments, preexec_fn=arrange, close_fds=False, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log
        )
        os.close(down_read)
        os.close(up_write)
        self.number, self.buffer, self.events = 0, b"", []
        self.session = None
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        self.session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.call(f"{domain}.enable")
        self.resize(width, height)
        self.call(
            "Emulation.setEmulatedMedia",
            {"features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]},
        )
        if offline:
            self.call(
                "Network.emulateNetworkConditions",
                {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0},
            )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.down)
        os.close(self.up)
        self.log.close()
        shutil.rmtree(self.place, ignore_errors=True)

    def call(self, method, parameters=None, seconds=120):
        """Sends a command and returns its result."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters or {}}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.down, data):]
        end = time.monotonic() + seconds
        while True:
            answer = self.receive(end)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise Failure(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def receive(self, end):
        while b"\0" not in self.buffer:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.up], [], [], left)[0]:
                raise Failure("the browser does not answer")
            part = os.read(self.up, 1 << 20)
            if not part:
                raise Failure("the browser has ended")
            self.buffer += part
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def resize(self, width, height, mobile=False):
        self.call(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile},
        )

    def open(self, url, seconds=60):
        """Opens an address and waits until the page has drawn itself."""
        self.call("Page.navigate", {"url": url})
        self.wait("performance.getEntriesByName('stune-drawn').length > 0", seconds)

    def run(self, script):
        """The value of an expression, which may be a promise."""
        result = self.call(
            "Runtime.evaluate",
            {"expression": script, "returnByValue": True, "awaitPromise": True, "userGesture": True},
        )
        if "exceptionDetails" in result:
            raise Failure(json.dumps(result["exceptionDetails"])[:2000])
        return result["result"].get("value")

    def wait(self, condition, seconds=30):
        """Waits until an expression is true."""
        end = time.monotonic() + seconds
        while not self.run(f"Boolean({condition})"):
            if time.monotonic() > end:
                raise Failure(f"after {seconds} s it does not hold: {condition}; {self.complaints()}")
            time.sleep(0.02)

    def text(self, selector):
        """What an element says."""
        return self.run(f"document.querySelector({json.dumps(selector)})?.innerText ?? null")

    def mouse(self, kind, x, y, button="none", count=0):
        self.call(
            "Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, "button": button, "clickCount": count}
        )

    def click(self, x, y):
        for kind in ["mousePressed", "mouseReleased"]:
            self.mouse(kind, x, y, "left", 1)

    def drag(self, start, end, steps=8):
        self.mouse("mouseMoved", *start)
        self.mouse("mousePressed", *start, "left", 1)
        for step in range(1, steps + 1):
            part = step / steps
            self.mouse(
                "mouseMoved", start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part, "left"
            )
        self.mouse("mouseReleased", *end, "left", 1)

    def key(self, name):
        codes = {"ArrowRight": 39, "ArrowLeft": 37, "Enter": 13, "Escape": 27, "Tab": 9}
        for kind in ["keyDown", "keyUp"]:
            self.call(
                "Input.dispatchKeyEvent",
                {"type": kind, "key": name, "code": name, "windowsVirtualKeyCode": codes.get(name, 0)},
            )

    def box(self, selector):
        """Where an element is in the window, after it was scrolled there: left, top, width, height."""
        return self.run(
            f"(() => {{ const own = document.querySelector({json.dumps(selector)});"
            "own.scrollIntoView({block: 'center', behavior: 'instant'});"
            "const box = own.getBoundingClientRect(); return [box.left, box.top, box.width, box.height]; })()"
        )

    def complaints(self):
        """Whatever the page threw or the browser logged as an error: none is expected."""
        self.run("0")
        found = []
        for event in self.events:
            method, details = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown":
                found.append(json.dumps(details["exceptionDetails"])[:1000])
            elif method == "Log.entryAdded" and details["entry"]["level"] in ("error", "warning"):
                found.append(details["entry"]["text"])
            elif method == "Runtime.consoleAPICalled" and details["type"] == "error":
                found.append(json.dumps(details["args"])[:500])
        return found

    def requests(self):
        """The addresses that were asked for."""
        self.run("0")
        return [
            event["params"]["request"]["url"]
            for event in self.events
            if event.get("method") == "Network.requestWillBeSent"
        ]

    def screenshot(self, path, whole=False):
        parameters = {"format": "png", "captureBeyondViewport": whole}
        if whole:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            parameters["clip"] = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        data = self.call("Page.captureScreenshot", parameters)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))
