"""The processes of one srun, and the two things they do together: sum up, and hear from rank 0.

Enough for a template with nothing installed. Real code would use torch.distributed or mpi4py here;
what matters for tuning stays the same: see train.py.
"""

import json
import os
import secrets
import time
from array import array
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import List

# srun starts its tasks within seconds; a shared filesystem may hide a new file for a minute.
MEETING_SECONDS = 120.0


class Group:
    """All processes of this job step; of size 1 where there is no srun.

    Rank 0 listens where srun was started, which is on its own node, and writes address and a
    random key to a file that only the user can read. The others connect to it. Only numbers travel.
    """

    def __init__(self, directory: Path) -> None:
        """Meet the others through a file in this directory, which every node must see."""
        self.rank = int(os.environ.get("SLURM_PROCID", "0"))
        self.size = int(os.environ.get("SLURM_STEP_NUM_TASKS", "1"))
        step = "{SLURM_JOB_ID}.{SLURM_STEP_ID}" if self.size > 1 else ""
        self._file = directory / ("tmp.meeting." + step.format_map(os.environ))
        self._peers: List[Connection] = []
        if self.size > 1:
            self._peers = self._gather() if self.rank == 0 else [self._join()]

    def total(self, values: List[float]) -> List[float]:
        """Return the sums over all ranks, the same bits on each; called by all of them."""
        if self.rank != 0:
            self._peers[0].send_bytes(array("d", values))
            return _floats(self._peers[0])
        for peer in self._peers:
            values = [mine + theirs for mine, theirs in zip(values, _floats(peer))]
        return self._tell(values)

    def from_first(self, flag: bool) -> bool:
        """Return what rank 0 gave; called by all ranks."""
        if self.rank != 0:
            return _floats(self._peers[0])[0] != 0.0
        self._tell([float(flag)])
        return flag

    def _tell(self, values: List[float]) -> List[float]:
        """Send the values to every other rank and return them."""
        for peer in self._peers:
            peer.send_bytes(array("d", values))
        return values

    def _gather(self) -> List[Connection]:
        """Wait for the others; return their connections in the order of their ranks."""
        key = secrets.token_bytes(32)
        address = os.environ.get("SLURM_LAUNCH_NODE_IPADDR", "127.0.0.1")
        with Listener((address, 0), authkey=key, backlog=self.size) as listener:
            host, port = listener.address[:2]
            self._publish({"host": host, "port": port, "key": key.hex()})
            peers = {}
            while len(peers) < self.size - 1:
                try:
                    peer = listener.accept()
                except (AuthenticationError, EOFError, ConnectionError):
                    continue  # A stranger knocked.
                peers[int(_floats(peer)[0])] = peer
        self._file.unlink()
        return [peers[rank] for rank in sorted(peers)]

    def _publish(self, meeting: dict) -> None:
        """Write where to meet, readable by the user only, whole or not at all."""
        draft = Path(f"{self._file}.draft")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            json.dump(meeting, stream)
        os.rename(draft, self._file)

    def _join(self) -> Connection:
        """Connect to rank 0 and say who this is."""
        deadline = time.monotonic() + MEETING_SECONDS
        while not self._file.exists():
            if time.monotonic() > deadline:
                raise TimeoutError(f"rank 0 has not written {self._file}")
            os.listdir(self._file.parent)  # Makes a network filesystem ask its server again.
            time.sleep(0.05)
        meeting = json.loads(self._file.read_text())
        key = bytes.fromhex(meeting["key"])
        peer = Client((meeting["host"], meeting["port"]), authkey=key)
        peer.send_bytes(array("d", [float(self.rank)]))
        return peer


def _floats(peer: Connection) -> List[float]:
    """Receive numbers."""
    values = array("d")
    values.frombytes(peer.recv_bytes())
    return values.tolist()
