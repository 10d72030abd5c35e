"""Several processes of torch.distributed as one trial.

    from stune.torch import shared_checkpoint

    for epoch in trial.resources():
        loss = train_one_epoch(model)
        goes_on = trial.broadcast(trial.report(epoch, val_loss=loss))
        if trial.broadcast(trial.should_save(epoch)):
            with shared_checkpoint(trial, epoch) as directory:
                save(model, directory)                # on all ranks, into one directory
        if not goes_on:
            break

All ranks get the answer of rank 0, so they leave together. Without torch.distributed, or before its
process group is there, a process is alone and everything works the same.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator, List, Optional

from stune._trial import Trial


def broadcast(value: Any) -> Any:
    """Return the value of rank 0 on all ranks. It is pickled by torch."""
    distributed = _group()
    if distributed is None:
        return value
    values: List[Any] = [value]
    distributed.broadcast_object_list(values, src=0, device=_device(distributed))
    return values[0]


@contextmanager
def shared_checkpoint(trial: Trial, resource: int) -> Iterator[Path]:
    """Give all ranks the same directory, on a file system that they share, and publish it once.

    It is published when the block has ended well on all ranks. If it raises on one, nothing is
    published, and all ranks raise.

    Raises:
        RuntimeError: another rank could not save.
    """
    distributed = _group()
    if distributed is None:
        with trial.checkpoint(resource) as directory:
            yield directory
    elif distributed.get_rank() == 0:
        with trial.checkpoint(resource) as directory:
            broadcast(str(directory))
            with _agreement(distributed):
                yield directory
        broadcast(True)
    else:
        directory = Path(broadcast(None))
        with _agreement(distributed):
            yield directory
        broadcast(None)


@contextmanager
def _agreement(distributed: Any) -> Iterator[None]:
    """Wait at the end for all ranks, and raise on all if one has failed."""
    error: Optional[BaseException] = None
    try:
        yield
    except BaseException as raised:
        error = raised
    errors: List[Any] = [None] * distributed.get_world_size()
    distributed.all_gather_object(errors, None if error is None else repr(error))
    if error is not None:
        raise error
    for rank, text in enumerate(errors):
        if text is not None:
            raise RuntimeError(f"rank {rank} could not save: {text}")


def _group() -> Any:
    """Return torch.distributed if this process is one of several; nothing is imported for that."""
    distributed = sys.modules.get("torch.distributed")
    if distributed is None or not distributed.is_available() or not distributed.is_initialized():
        return None
    return distributed


def _device(distributed: Any) -> Any:
    """Return where objects travel: NCCL knows GPUs only."""
    if distributed.get_backend() != "nccl":
        return None
    torch = sys.modules["torch"]
    return torch.device("cuda", torch.cuda.current_device())
