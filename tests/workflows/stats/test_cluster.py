"""Days spread over the workers of a real Dask cluster give the same bytes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import make_logs as logs
import pytest

from sendung.core.errors import UsageError
from sendung.listening.sums import PREFIX
from sendung.workflows.context import RunContext
from sendung.workflows.stats.flow import statistics
from sendung.workflows.stats.request import StatsRequest
from tests.workflows.stats.test_keep import run_other

Corpus = Callable[[str], tuple[Path, logs.Truth]]


@pytest.fixture
def scheduler() -> Iterator[str]:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=3, threads_per_worker=1, processes=False, dashboard_address=None, host="tcp://127.0.0.1"
    ) as cluster:
        yield cluster.scheduler_address


def kept(run: RunContext) -> dict[str, bytes]:
    return {stat.key: run.store.read(stat.key).data for stat in run.store.list(PREFIX)}


@pytest.mark.filterwarnings("default")
def test_a_cluster_keeps_the_same_bytes(run: RunContext, corpus: Corpus, tmp_path: Path, scheduler: str) -> None:
    source, truth = corpus("combined")
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "access.log").write_bytes((source / "access.log").read_bytes() + b"nonsense\n\xff\n192.0.2.1 - - [cut")
    alone = statistics(run, StatsRequest(places=(str(folder),)))
    other = run_other(tmp_path)
    together = statistics(other, StatsRequest(places=(str(folder),), dask=scheduler))
    assert together.downloads == alone.downloads > 1000
    assert together.reasons == alone.reasons
    assert (together.read, together.reasons["unreadable"]) == (truth.lines + 3, 3)
    assert kept(other) == kept(run)


@pytest.mark.filterwarnings("default")
def test_where_no_scheduler_answers_one_sentence_says_so(run: RunContext, monkeypatch: pytest.MonkeyPatch) -> None:
    from sendung.workflows.stats import cluster

    monkeypatch.setattr(cluster, "_PATIENCE", "1s")
    with pytest.raises(UsageError, match="No Dask scheduler answers at tcp://127"):
        statistics(run, StatsRequest(places=(".",), dask="tcp://127.0.0.1:9"))


def test_without_dask_one_sentence_says_what_to_install(run: RunContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match="needs Dask"):
        statistics(run, StatsRequest(places=(".",), dask="tcp://127.0.0.1:9"))
