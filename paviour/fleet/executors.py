"""Who does the work: processes of this machine, or the workers of a Dask cluster, by the same interface."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import connection

from paviour.errors import UserError

_PATIENCE = 10
"""Seconds that a scheduler has to answer."""


@contextmanager
def executor(scheduler: str | None, workers: int | None, jobs: int) -> Iterator[Executor]:
    """Raises UserError where the scheduler can't be reached, or its client is not installed."""
    if scheduler is None:
        count = max(1, min(workers or os.cpu_count() or 1, jobs))
        context = multiprocessing.get_context("spawn")
        # One at a time needs no process of its own.
        with ThreadPoolExecutor(1) if count == 1 else ProcessPoolExecutor(count, context, _end_with_parent) as pool:
            yield pool
        return
    try:
        from distributed import Client
    except ImportError:
        raise UserError("--scheduler needs Dask's client; install paviour[dask]") from None
    try:
        client = Client(scheduler, timeout=_PATIENCE)
    except (OSError, ValueError) as error:
        raise UserError(f"there is no Dask scheduler at {scheduler}: {error}; start one, or correct it") from None
    with client, client.get_executor(pure=False, retries=2) as pool:
        yield pool


def _end_with_parent() -> None:
    """Let a worker end when the process that gives it work was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_for, args=(parent.sentinel,), daemon=True).start()


def _wait_for(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)
