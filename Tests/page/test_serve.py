"""`stune serve`: who is answered, what they get, and that the page follows the study."""

import http.client
import json
import os
import re
import signal
import socket
import stat
import subprocess
import tempfile
import time
import unittest

import browser
import studies

ENDLESS = studies.STUDY.replace("trials: 30", "trials: 1000").replace("name: seen", "name: endless")


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.place = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(self.place)


class Serving:
    """A `stune serve` that runs."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [studies.STUNE, "serve", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, env={**os.environ, "XDG_RUNTIME_DIR": ""},
        )
        self.words = ""
        while "then open:" not in self.words:
            line = self.process.stdout.readline().decode()
            if not line:
                raise AssertionError(f"stune serve ended: {self.words}")
            self.words += line
        self.url = re.search(r"then open: +(\S+)", self.words).group(1)
        found = re.search(r"-L 8080:(\S+) ", self.words)
        self.socket = found and found.group(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.code = self.process.wait(20)
        self.process.stdout.close()

    def get(self, path="/", method="GET", headers=None):
        if self.socket:
            connection = UnixConnection(self.socket)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", int(self.url.split(":")[2].split("/")[0]), timeout=30)
        try:
            connection.request(method, path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()


@unittest.skipUnless(os.path.exists(studies.STUNE), f"there is no {studies.STUNE}; build it, or set STUNE_PRODUCTS")
class Serve(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory(prefix="stune-serve-test-")
        cls.directory = studies.make(cls.place.name)

    @classmethod
    def tearDownClass(cls):
        cls.place.cleanup()

    def test_the_socket_is_its_owners_alone_and_is_removed(self):
        with Serving(self.directory) as own:
            folder = os.path.dirname(own.socket)
            self.assertEqual(stat.S_IMODE(os.stat(folder).st_mode), 0o700)
            self.assertEqual(stat.S_IMODE(os.stat(own.socket).st_mode), 0o600)
            self.assertEqual(own.get()[0], 200)
            if os.geteuid() == 0:
                done = subprocess.run(
                    ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "python3", "-c",
                     f"import socket; socket.socket(socket.AF_UNIX).connect({own.socket!r})"], capture_output=True)
                self.assertIn(b"PermissionError", done.stderr)
        self.assertEqual(own.code, 0)
        self.assertFalse(os.path.exists(folder))

    def test_the_page_comes_with_a_strict_policy_and_nobody_keeps_it(self):
        with Serving(self.directory) as own:
            status, headers, body = own.get()
            self.assertEqual(status, 200)
            self.assertIn(b"<!DOCTYPE html>", body)
            policy = headers["Content-Security-Policy"]
            for part in ["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'"]:
                self.assertIn(part, policy)
            self.assertNotIn("unsafe", policy)
            self.assertEqual(headers["Cache-Control"], "no-store")
            self.assertEqual(headers["X-Frame-Options"], "DENY")

    def test_forged_hosts_and_origins_get_nothing(self):
        with Serving(self.directory) as own:
            forged = [
                {"Host": "evil.example"}, {"Host": "localhost.evil.example"}, {"Host": "127.0.0.1.evil.example:8080"},
                {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
            ]
            for headers in forged:
                for path in ["/", "/document.json", "/trial.json?trial=1"]:
                    status, _, body = own.get(path, headers=headers)
                    self.assertEqual(status, 403, headers)
                    self.assertLess(len(body), 200)
            for method in ["POST", "PUT", "DELETE", "HEAD", "OPTIONS"]:
                self.assertEqual(own.get(method=method)[0], 405)

    def test_a_port_without_its_token_gets_nothing(self):
        with Serving(self.directory, "--port", "0") as own:
            token = own.url.split("/")[3]
            self.assertRegex(token, r"^[0-9a-f]{32}$")
            self.assertEqual(own.get(f"/{token}/")[0], 200)
            self.assertEqual(own.get(f"/{token}/document.json")[0], 200)
            for path in ["/", "/document.json", "/trial.json?trial=1", f"/{token}", f"/{token[:-1]}/", f"/{'0' * 32}/"]:
                self.assertEqual(own.get(path)[0], 403, path)
            self.assertEqual(own.get(f"/{token}/", headers={"Host": "localhost:1"})[0], 403)
            port = int(own.url.split(":")[2].split("/")[0])
            with open("/proc/net/tcp", encoding="ascii") as file:
                rows = [line.split() for line in file][1:]
            addresses = [row[1] for row in rows if row[3] == "0A" and row[1].endswith(f":{port:04X}")]
            self.assertEqual(addresses, [f"0100007F:{port:04X}"], "it listens beyond loopback")

    def test_what_is_no_request_is_refused_and_does_no_harm(self):
        with Serving(self.directory) as own:
            lines = [
                b"\r\n\r\n", b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n",
                b"GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET /?study=-1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
                b"GET /?study=99999999999999999999 HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x00\xff\xfe\r\n\r\n",
                b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n\r\n", b"GET /trial.json?trial=-1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
                b"GET /trial.json?trial=99999 HTTP/1.1\r\nHost: localhost\r\n\r\n",
            ]
            for line in lines:
                with socket.socket(socket.AF_UNIX) as connection:
                    connection.settimeout(30)
                    connection.connect(own.socket)
                    connection.sendall(line)
                    answer = connection.recv(100)
                self.assertRegex(answer, rb"^HTTP/1\.1 4\d\d ", line[:60])
            # Many that say nothing take no place from others for ever.
            silent = [socket.socket(socket.AF_UNIX) for _ in range(20)]
            for connection in silent:
                connection.connect(own.socket)
            self.assertEqual(own.get()[0], 200)
            for connection in silent:
                connection.close()
            self.assertEqual(own.get("/document.json")[0], 200)

    def test_an_unchanged_study_is_not_sent_again(self):
        with Serving(self.directory) as own:
            status, headers, body = own.get("/document.json")
            doc = json.loads(body)
            self.assertTrue(doc["live"])
            self.assertEqual(doc["trials"], studies.document(self.directory)["trials"])
            again = own.get("/document.json", headers={"If-None-Match": headers["ETag"]})
            self.assertEqual((again[0], again[2]), (304, b""))
            detail = json.loads(own.get("/trial.json?trial=3")[2])
            self.assertEqual(detail, studies.document(self.directory)["details"]["3"])

    def test_a_directory_that_others_may_enter_is_refused(self):
        folder = os.path.join(self.place.name, "open")
        os.mkdir(folder, 0o755)
        done = subprocess.run(
            [studies.STUNE, "serve", self.directory, "--socket", os.path.join(folder, "s")], capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"chmod 700", done.stderr)
        os.chmod(folder, 0o700)
        with Serving(self.directory, "--socket", os.path.join(folder, "s")) as own:
            self.assertEqual(own.get()[0], 200)

    def test_several_studies_have_a_list(self):
        with Serving(self.directory, self.directory, "--port", "0") as own:
            prefix = "/" + own.url.split("/")[3]
            self.assertEqual(json.loads(own.get(f"{prefix}/document.json?study=1")[2])["place"], 1)
            self.assertEqual(own.get(f"{prefix}/document.json?study=2")[0], 404)
            if browser.program():
                with browser.Browser(offline=False) as page:
                    page.open(own.url)
                    self.assertEqual(page.run("document.getElementById('studies').options.length"), 2)
                    self.assertEqual(page.complaints(), [])


@unittest.skipUnless(os.path.exists(studies.STUNE) and browser.program(), "there is no stune or no Chromium")
class Live(unittest.TestCase):
    def test_the_page_follows_the_study_and_says_when_the_controller_stops(self):
        with tempfile.TemporaryDirectory(prefix="stune-live-test-") as place:
            for name, text in [("study.yaml", ENDLESS), ("train.py", studies.TRAIN)]:
                with open(os.path.join(place, name), "w", encoding="utf-8") as file:
                    file.write(text)
            controller = subprocess.Popen(
                [studies.STUNE, "run", "study.yaml", "--cluster", "local"], cwd=place, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "STUNE_SITE": ""})
            try:
                directory = os.path.join(place, "endless.stune")
                end = time.monotonic() + 120
                while not os.path.exists(os.path.join(directory, "snapshot.db")):
                    self.assertLess(time.monotonic(), end)
                    time.sleep(0.1)
                with Serving(directory, "--port", "0") as own, browser.Browser(offline=False) as page:
                    page.open(own.url)
                    self.assertEqual(page.text("#state"), "running")
                    first = page.run("page.study.count")
                    page.wait(f"page.study.count > {first}", 120)
                    trial = page.run("page.study.trials.trial[0]")
                    page.run(f"location.hash = 'trial-{trial}'")
                    page.wait("document.querySelector('#trial pre')", 60)
                    controller.send_signal(signal.SIGTERM)
                    controller.wait(120)
                    page.wait("document.getElementById('news').innerText.includes('No controller runs')", 120)
                    self.assertIn("stune run", page.text("#overview"))
                    self.assertIsNone(page.run("window.hurt ?? null"))
                    self.assertEqual(page.complaints(), [])
            finally:
                if controller.poll() is None:
                    controller.terminate()
                    controller.wait(60)


if __name__ == "__main__":
    unittest.main()
