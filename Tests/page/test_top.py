"""`stune top` on a pseudo-terminal: what it draws, its keys, other sizes, and that it leaves the terminal as it was."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import tempfile
import termios
import time
import unittest

import studies


class Terminal:
    """A terminal with a `stune top` in it."""

    def __init__(self, directory, columns=80, rows=24, **environment):
        self.child, self.master = pty.fork()
        if self.child == 0:
            # A command that `stune top` gives the terminal to prints, and does not wait for a reader.
            os.environ.update({"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TERM": "xterm", "LESS": "-FX", **environment})
            os.execv(studies.STUNE, [studies.STUNE, "top", directory, "-i", "0.2"])
        self.resize(columns, rows)
        self.output = ""
        self.code = None

    def resize(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds):
        if select.select([self.master], [], [], seconds)[0]:
            try:
                self.output += os.read(self.master, 1 << 16).decode(errors="replace")
            except OSError:
                return False
        return True

    def screen(self):
        """The lines that were drawn last."""
        frames = self.output.split("\x1b[H")
        whole = [frame for frame in frames[1:] if "\x1b[J" in frame]
        if not whole:
            return []
        text = whole[-1].split("\x1b[J")[0]
        return [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line) for line in text.split("\r\n")]

    def wait(self, holds, seconds=60):
        end = time.monotonic() + seconds
        while not holds(self.screen()):
            if time.monotonic() > end or not self.read(0.2):
                raise AssertionError("it never showed that; last:\n" + "\n".join(self.screen()) + "\n" + self.output[-500:])
        return self.screen()

    def send(self, keys):
        os.write(self.master, keys.encode())

    def end(self, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.1)
            child, status = os.waitpid(self.child, os.WNOHANG)
            if child:
                self.code = os.waitstatus_to_exitcode(status)
                while self.read(0.1) and select.select([self.master], [], [], 0)[0]:
                    pass
                os.close(self.master)
                return self.code
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        raise AssertionError("it did not end")


@unittest.skipUnless(os.path.exists(studies.STUNE), f"there is no {studies.STUNE}; build it, or set STUNE_PRODUCTS")
class Top(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory(prefix="stune-top-test-")
        cls.directory = studies.make(cls.place.name)
        cls.best = studies.document(cls.directory)["best"]["trial"]

    @classmethod
    def tearDownClass(cls):
        cls.place.cleanup()

    def test_it_shows_the_study_and_its_keys_work(self):
        top = Terminal(self.directory)
        screen = top.wait(lambda lines: lines and lines[0].startswith("seen: 30 of 30 trials"))
        self.assertEqual(len(screen), 24)
        self.assertTrue(all(len(line) <= 80 for line in screen), screen)
        self.assertTrue(any(line.startswith("RUNG  RESOURCE") for line in screen), screen)
        self.assertIn("q quit", screen[-1])
        top.send("\t")
        screen = top.wait(lambda lines: any(line.startswith(f"> {self.best} ") for line in lines))
        self.assertTrue(any(line.startswith(f"trial {self.best}: loss from ") for line in screen), screen)
        top.send("\x1b[B")
        top.wait(lambda lines: any(line.startswith("> ") and not line.startswith(f"> {self.best} ") for line in lines))
        top.send("k")
        top.wait(lambda lines: any(line.startswith(f"> {self.best} ") for line in lines))
        top.send("c")
        top.wait(lambda lines: "cancel the study and all its tasks?" in lines[-1])
        top.send("n")
        top.wait(lambda lines: "q quit" in lines[-1])
        top.send("l")
        end = time.monotonic() + 30
        while "window.hurt=1</script>" not in top.output and time.monotonic() < end:
            top.read(0.2)
        self.assertIn("window.hurt=1</script>", top.output)
        top.send("q")
        # A pager may take the first one.
        time.sleep(0.5)
        top.send("q")
        self.assertEqual(top.end(), 0)
        self.assertTrue(top.output.rstrip().endswith("\x1b[?1049l"), top.output[-60:])

    def test_it_follows_the_size_of_the_terminal(self):
        top = Terminal(self.directory, 80, 24)
        top.wait(lambda lines: len(lines) == 24)
        for columns, rows in [(40, 10), (120, 50), (20, 4)]:
            top.resize(columns, rows)
            screen = top.wait(lambda lines: len(lines) == rows)
            screen = top.wait(lambda lines: len(lines) == rows and all(len(line) <= columns for line in lines))
            self.assertTrue(screen)
        top.send("q")
        self.assertEqual(top.end(), 0)

    def test_without_utf_8_it_draws_ascii(self):
        top = Terminal(self.directory, LANG="C", LC_ALL="C")
        top.wait(lambda lines: lines and lines[0].startswith("seen"))
        top.send("\t")
        screen = top.wait(lambda lines: any("#" in line for line in lines))
        self.assertTrue(all(line.isascii() for line in screen), screen)
        top.send("q")
        self.assertEqual(top.end(), 0)

    def test_a_signal_leaves_the_terminal_as_it_was(self):
        top = Terminal(self.directory)
        top.wait(lambda lines: len(lines) == 24)
        os.kill(top.child, signal.SIGTERM)
        self.assertEqual(top.end(), 130)
        self.assertTrue(top.output.endswith("\x1b[?1049l"), top.output[-60:])

    def test_without_a_terminal_it_names_the_command_that_prints(self):
        studies.run("top", self.directory, code=2)


if __name__ == "__main__":
    unittest.main()
