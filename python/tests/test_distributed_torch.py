"""One trial of two processes that train together, with gloo."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import unittest

from installed import needs
from study import PACKAGE_ROOT, StudyTestCase, stune


@needs("torch")
class DistributedTorch(StudyTestCase):
    """Two processes of gloo: one trial, collective saving, leaving together."""

    PROGRAM = """
        import os, sys
        import torch.distributed as dist
        import stune
        from stune.torch import shared_checkpoint

        trial = stune.trial(6)
        dist.init_process_group("gloo")
        rank = dist.get_rank()
        for epoch in trial.resources():
            total = torch_sum(rank + epoch)
            goes_on = trial.broadcast(trial.report(epoch, val_loss=total))
            if trial.broadcast(trial.should_save(epoch)):
                try:
                    with shared_checkpoint(trial, epoch) as directory:
                        if os.environ.get("FAILS") == str(rank):
                            raise OSError("disk full")
                        (directory / f"rank{rank}").write_text(str(total))
                except (OSError, RuntimeError) as error:
                    print(f"rank {rank}: {error}", flush=True)
            if not goes_on:
                break
        print(f"rank {rank} left after {epoch}", flush=True)
        dist.destroy_process_group()
    """

    def run_two(self, **extra: str) -> str:
        """Run two ranks; return what they printed, line by line in order."""
        code = textwrap.dedent(self.PROGRAM).replace(
            "trial = stune", textwrap.dedent("""
            import torch
            def torch_sum(value):
                tensor = torch.tensor(float(value))
                dist.all_reduce(tensor)
                return tensor.item()
            trial = stune""").strip(), 1
        )  # fmt: skip
        (self.directory / "train.py").write_text(code)
        port = str(20_000 + os.getpid() % 20_000)
        processes = []
        for rank in range(2):
            environment = {
                **os.environ, "PYTHONPATH": str(PACKAGE_ROOT), "RANK": str(rank), "WORLD_SIZE": "2",
                "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, **extra,
            }  # fmt: skip
            processes.append(
                subprocess.Popen(
                    [sys.executable, "train.py"],
                    cwd=str(self.directory),
                    env=environment,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    universal_newlines=True,
                )  # fmt: skip
            )
        printed = []
        for process in processes:
            output, _ = process.communicate(timeout=240)
            self.assertEqual(process.returncode, 0, output)
            printed += [line for line in output.splitlines() if line.startswith("rank")]
        return "\n".join(sorted(printed))

    def test_they_report_once_and_save_together(self) -> None:
        printed = self.run_two(**self.variables(to=3))
        self.assertEqual(printed, "rank 0 left after 3\nrank 1 left after 3")
        reports = [line for line in self.lines() if "metrics" in line]
        self.assertEqual([line["metrics"]["val_loss"] for line in reports], [3.0, 5.0, 7.0])
        self.assertEqual([line["checkpoint"] for line in self.lines() if "checkpoint" in line], [3])
        names = sorted(path.name for path in (self.checkpoints / "3").iterdir())
        self.assertEqual(names, ["rank0", "rank1"])

    def test_they_leave_together(self) -> None:
        variables = self.variables(to=5)
        self.leave.write_text("")
        self.assertEqual(self.run_two(**variables), "rank 0 left after 1\nrank 1 left after 1")
        self.assertEqual(sorted(os.listdir(self.checkpoints)), ["1"])

    def test_a_rank_that_cannot_save_spoils_it_for_all(self) -> None:
        for rank in "01":
            with self.subTest(rank):
                printed = self.run_two(**self.variables(to=1), FAILS=rank)
                self.assertIn(f"rank {rank}: disk full", printed)
                self.assertIn(f"rank {rank} could not save: OSError('disk full')", printed)
                self.assertEqual(os.listdir(self.checkpoints), [])

    def test_alone_everything_is_the_same(self) -> None:
        import torch.distributed  # noqa: F401
        from stune.torch import shared_checkpoint

        trial = self.trial_in_study(to=1)
        self.assertFalse(trial.broadcast(trial.report(1, val_loss=1.0)))
        with shared_checkpoint(trial, 1) as directory:
            (directory / "state").write_text("")
        self.assertEqual(os.listdir(self.checkpoints), ["1"])


if __name__ == "__main__":
    unittest.main()
