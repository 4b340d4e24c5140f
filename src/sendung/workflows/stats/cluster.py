"""Counting on a Dask cluster: each worker reads the logs and counts its share of the days.

Days stand for themselves, so the sums are the same, byte for byte, however many workers there are. The workers must see
the same folders (or the bucket) and have the same lists installed. Each salts addresses with a secret of its own, which
never leaves it.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sendung.core.errors import UsageError
from sendung.core.words import say
from sendung.listening.plan import CountPlan, new_secret
from sendung.workflows.stats.request import StatsRequest
from sendung.workflows.stats.shard import ShardCount, count_shard

if TYPE_CHECKING:
    from distributed import Client

_PATIENCE = "10s"


def count_on_cluster(request: StatsRequest, plan: CountPlan) -> list[ShardCount]:
    """One count a worker. Raises UsageError where no scheduler answers, it has no workers, or their lists differ."""
    with _connect(request.dask) as client:
        workers: dict[str, Any] = client.scheduler_info(n_workers=-1)["workers"]
        if not workers:
            raise UsageError(
                say("The scheduler at {dask} has no workers.", dask=request.dask),
                say("Start some: dask worker {dask}", dask=request.dask),
            )
        shares = [replace(plan, secret="", shard=number, shards=len(workers)) for number in range(len(workers))]
        tasks = [
            client.submit(_count_here, request, share, workers=[worker], pure=False, retries=2)
            for share, worker in zip(shares, workers, strict=True)
        ]
        counts: list[ShardCount] = client.gather(tasks)
    if len({counted.lists for counted in counts}) > 1:
        message = "The workers have different lists of apps, bots or countries."
        raise UsageError(message, "Install the same versions on all, or name files that all of them see.")
    return counts


def _count_here(request: StatsRequest, plan: CountPlan) -> ShardCount:
    """On a worker: its share, with its own secret and temporary folder."""
    with tempfile.TemporaryDirectory(prefix="sendung-") as name:
        return count_shard(Path(name), request, replace(plan, secret=new_secret()))


def _connect(address: str) -> Client:
    try:
        from distributed import Client  # noqa: PLC0415
    except ImportError:
        message = "Counting on a cluster needs Dask, which is not installed."
        raise UsageError(message, "Install it with: pip install 'sendung[cluster]'") from None
    try:
        return Client(address, timeout=_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError):
        message = say("No Dask scheduler answers at {address}.", address=address)
        raise UsageError(message, "Name it as it tells itself, for example --dask tcp://10.0.0.5:8786.") from None
