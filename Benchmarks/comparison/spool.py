# SPDX-License-Identifier: GPL-3.0-or-later
"""When letters and directives appear in a study's spool, as inotify tells it."""
import ctypes
import os
import re
import select
import struct
import threading
import time

IN_MOVED_TO, IN_CREATE = 0x80, 0x100
SHARDS = 8


class SpoolWatch(threading.Thread):
    """Watches the spool of a study while a `with` block runs.

    Attributes:
        answers: seconds from a letter to the directive that answers it, with the moment of the directive, by
            question: `rung` of a command that waits at its target, `work` of a worker without work.
    """

    def __init__(self, study):
        super().__init__(daemon=True)
        self.answers = {"rung": [], "work": []}
        self._spool = os.path.join(study, "spool")
        self._letters = {}  # when the last letter of an attempt came
        self._watched = {}
        self._is_over = threading.Event()
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._inotify = self._libc.inotify_init1(os.O_CLOEXEC)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._is_over.set()
        self.join()
        os.close(self._inotify)

    def run(self):
        inbox = os.path.join(self._spool, "inbox")
        # Made last of what is watched.
        while not os.path.isdir(os.path.join(inbox, str(SHARDS - 1), "new")):
            if self._is_over.wait(0.01):
                return
        self._watch(os.path.join(self._spool, "directives"), IN_CREATE)
        for shard in range(SHARDS):
            self._watch(os.path.join(inbox, str(shard), "new"), IN_MOVED_TO)
        while not self._is_over.is_set():
            if select.select([self._inotify], [], [], 0.2)[0]:
                events = os.read(self._inotify, 1 << 16)
                self._take_in(events, time.monotonic())

    def _watch(self, path, mask):
        number = self._libc.inotify_add_watch(self._inotify, os.fsencode(path), mask)
        if number < 0:
            raise OSError(ctypes.get_errno(), "inotify_add_watch", path)
        self._watched[number] = path

    def _take_in(self, events, now):
        while events:
            number, _, _, length = struct.unpack_from("iIII", events)
            name = os.fsdecode(events[16:16 + length].rstrip(b"\0"))
            events = events[16 + length:]
            directory = self._watched.get(number, "")
            if directory.endswith("/new"):
                self._letter(name, now)
            elif directory.endswith("/directives"):
                self._watch(os.path.join(directory, name), IN_CREATE)
            else:
                self._directive(os.path.basename(directory), name, now)

    def _letter(self, name, now):
        # TOKEN.INDEX.EPOCH.SEQUENCE; between the last two a TURN that is not 0
        if found := re.fullmatch(r"(\w+)\.(\d+)\.(\d+)(?:\.(\d+))?\.\d+", name):
            token, index, epoch, turn = found.groups(default="0")
            self._letters[token, index, epoch, turn] = now

    def _directive(self, token, name, now):
        if found := re.fullmatch(r"(\d+)\.(\d+)\.(\d+)\.(rung|work)", name):
            asked = self._letters.get((token, *found.groups()[:3]))
            if asked is not None:
                self.answers[found[4]].append((now - asked, now))
