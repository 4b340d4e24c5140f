"""What a cluster masters is what one machine masters, and whatever fails there is retried, refused or named."""

from __future__ import annotations

import logging
import pickle
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sendung import audio
from sendung.audio.fingerprint import Fingerprint, fingerprint
from sendung.config.show import load_show
from sendung.core.errors import AudioError, NoRoom, Unreachable, UsageError
from sendung.core.file_digests import file_digest
from sendung.records import Status
from sendung.workflows.history.prune import ASSETS
from sendung.workflows.publish.flow import publish
from sendung.workflows.publish.result import Outcome
from sendung.workflows.remaster import cluster, flow, worker
from sendung.workflows.remaster.cluster import ClusterChoice, is_open_to_all
from sendung.workflows.remaster.job import FOLDER, JobFile, MasteringJob
from tests.servers.certificate import Certificate
from tests.servers.fixtures import CREDENTIALS, Target

from .conftest import SLUGS, Machine, published, words

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture
def unlooked() -> Iterator[None]:
    """Workers as if they had just started."""
    worker._LOOKED.clear()
    yield
    worker._LOOKED.clear()


def slugs(outcome: Outcome, status: Status = Status.PUBLISHED) -> list[str]:
    return sorted(result.folder.name for result in outcome.episodes if result.status is status)


def sounds(machine: Machine) -> set[str]:
    return {stat.key for stat in machine.run().store.list("audio/")}


def only_on_the_second(spoil: Callable[[], Any]) -> Callable[..., Any]:
    """A fingerprint that one of two workers has otherwise."""
    true, bad = fingerprint, [""]

    def look(*arguments: Any) -> Fingerprint:
        name, _ = worker.here()
        bad[0] = bad[0] or name
        if name == bad[0]:
            return spoil()  # type: ignore[no-any-return]
        return true(*arguments)

    return look


def test_a_cluster_publishes_the_same_bytes_as_one_machine(
    machine: Machine, choice: ClusterChoice, alone: dict[str, bytes]
) -> None:
    outcome = machine.together(choice)
    assert outcome.error is None
    assert slugs(outcome) == [*SLUGS]
    assert published(machine.run().store) == alone
    assert machine.left() == []


def test_recordings_go_through_a_bucket_and_no_secret_goes_with_them(
    machine: Machine,
    choice: ClusterChoice,
    alone: dict[str, bytes],
    new_target: Callable[[str], Target],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    remote = machine.in_bucket(new_target("rclone"))
    monkeypatch.setattr(worker, "_sees", lambda file: False)
    carried: list[bytes] = []
    submit = cluster.Cluster._submit

    def overhear(self: cluster.Cluster, flight: Any, among: Any) -> None:
        carried.append(pickle.dumps(flight.order.job) + flight.order.job.label.encode())
        submit(self, flight, among)

    monkeypatch.setattr(cluster.Cluster, "_submit", overhear)
    caplog.set_level(logging.DEBUG)
    run = remote.run()
    before = sounds(remote)
    assert slugs(remote.together(choice, run, ["eins"])) == ["eins"]
    (key,) = sounds(remote) - before
    assert remote.run().store.read(key).data == alone[key]
    assert remote.left() == []
    assert len(carried) == 1
    told = caplog.text + words(run)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        assert CREDENTIALS[name].encode() not in b"".join(carried)
        assert CREDENTIALS[name] not in "\n".join(line for line in told.splitlines() if "botocore" not in line)
    assert not any(slug.encode() in data.split(b"sendung-master-")[-1] for slug in SLUGS for data in carried)


def another_version() -> Fingerprint:
    return Fingerprint("0.0.9", 1, "ffmpeg version 4.4", "x86_64", ("0",))


def no_ffmpeg() -> Fingerprint:
    raise UsageError("There is no ffmpeg for this machine in the package imageio-ffmpeg.")


def no_room() -> Fingerprint:
    raise NoRoom("There is no space left for mastering in /var/tmp")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (another_version, "sendung 0.0.9 (here 0.1.0), method 1 (here 8), ffmpeg ffmpeg version 4.4 (here"),
        pytest.param(no_ffmpeg, "There is no ffmpeg", marks=pytest.mark.soak),
        (no_room, "no space left"),
    ],
)
def test_a_worker_of_no_use_is_refused_by_name_and_the_other_does_it_all(
    machine: Machine,
    choice: ClusterChoice,
    alone: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    unlooked: None,
    spoil: Callable[[], Any],
    why: str,
) -> None:
    monkeypatch.setattr(worker, "fingerprint", only_on_the_second(spoil))
    run = machine.run()
    assert slugs(machine.together(choice, run, ["eins"])) == ["eins"]
    assert sounds(machine) < alone.keys()
    assert len(sounds(machine)) == len(SLUGS) + 1
    assert "The worker tcp://127.0.0.1:" in words(run)
    assert why in words(run)
    assert words(run).count("is not used") == 1


def test_where_no_worker_is_of_use_nothing_is_published(
    machine: Machine, choice: ClusterChoice, monkeypatch: pytest.MonkeyPatch, unlooked: None
) -> None:
    before = published(machine.run().store)
    monkeypatch.setattr(worker, "fingerprint", lambda *_: no_ffmpeg())
    with pytest.raises(UsageError, match=r"No worker can be used. tcp://127.0.0.1:\d+: There is no ffmpeg"):
        machine.together(choice)
    monkeypatch.undo()
    worker._LOOKED.clear()
    elsewhere = replace(machine.address, url=str(machine.folder / "elsewhere"))
    monkeypatch.setattr(Machine, "address", elsewhere)
    with pytest.raises(UsageError, match="is not that of the machine that planned"):
        machine.together(choice)
    assert published(machine.run().store) == before
    assert machine.left() == []


def test_a_recording_that_cannot_be_mastered_fails_alone(
    machine: Machine, choice: ClusterChoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    master_all = audio.master_all

    def refuse(recording: Path, *more: Any) -> Any:
        if recording.parent.name == "eins":
            raise AudioError("audio.flac is silent")
        return master_all(recording, *more)

    monkeypatch.setattr(audio, "master_all", refuse)
    outcome = machine.together(choice)
    assert slugs(outcome) == ["drei", "zwei"]
    assert slugs(outcome, Status.FAILED) == ["eins"]
    assert "silent" in str(outcome.error)


def test_a_lost_worker_costs_a_try_and_what_outlasts_four_is_named(
    machine: Machine, choice: ClusterChoice, monkeypatch: pytest.MonkeyPatch, alone: dict[str, bytes]
) -> None:
    tries: dict[str, int] = {}
    true = worker._do

    def killed(job: MasteringJob, *more: Any) -> None:
        slug = job.files[0].path.parent.name
        tries[slug] = tries.get(slug, 0) + 1
        if slug == "eins" or (slug == "zwei" and tries[slug] < 4):
            raise KilledWorker
        true(job, *more)

    monkeypatch.setattr(worker, "_do", killed)
    outcome = machine.together(choice)
    assert slugs(outcome) == ["drei", "zwei"]
    assert tries == {"drei": 1, "zwei": 4, "eins": 4}
    assert "eins was not mastered: 4 times its workers ended over it" in str(outcome.error)


class KilledWorker(Exception):
    """As Dask has it."""


def test_what_the_other_host_publishes_meanwhile_stays_and_is_named(
    machine: Machine, choice: ClusterChoice, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    true = worker._do
    other = replace(machine, folder=shutil.copytree(machine.folder, tmp_path / "other"), cache=tmp_path / "theirs")

    def publish_first(job: MasteringJob, *more: Any) -> None:
        true(job, *more)
        draft = job.files[0].path.parent
        if draft.name == "eins":
            theirs = other.folder / "episodes" / "eins"
            text = (theirs / "episode.yaml").read_text("utf-8").replace("Folge eins", "Folge eins, von ihr")
            (theirs / "episode.yaml").write_text(text, "utf-8")
            assert publish([theirs], load_show(other.folder), other.run()).error is None

    monkeypatch.setattr(worker, "_do", publish_first)
    outcome = machine.together(choice)
    assert slugs(outcome) == ["drei", "zwei"]
    assert slugs(outcome, Status.STALE) == ["eins"]
    assert "eins is older than what is published" in str(outcome.stale)
    archive = machine.run().reader.archive()
    assert archive.by_slug["eins"].episode.title == "Folge eins, von ihr"


def test_what_takes_long_is_given_to_another_worker_too(
    machine: Machine, choice: ClusterChoice, monkeypatch: pytest.MonkeyPatch, alone: dict[str, bytes]
) -> None:
    true, held, release = worker._do, list[str](), threading.Event()

    def hang_once(job: MasteringJob, *more: Any) -> None:
        if job.files[0].path.parent.name == "zwei" and not held:
            held.append(worker.here()[0])
            release.wait(60)
        true(job, *more)

    monkeypatch.setattr(worker, "_do", hang_once)
    monkeypatch.setattr(cluster, "median", lambda paces: 0.0)
    run = machine.run()
    try:
        assert slugs(machine.together(replace(choice, slow_s=1.0), run)) == [*SLUGS]
    finally:
        release.set()
    assert f"zwei takes long on {held[0]}" in words(run)
    assert published(run.store) == alone


def test_a_scheduler_that_dies_leaves_what_is_done_published_and_the_rest_for_the_next_run(
    machine: Machine, choice: ClusterChoice, monkeypatch: pytest.MonkeyPatch, alone: dict[str, bytes]
) -> None:
    from distributed import LocalCluster

    monkeypatch.setattr(flow, "GROUP", 1)
    true, made = worker._do, list[MasteringJob]()
    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, host="tcp://127.0.0.1"
    ) as cluster:
        address = cluster.scheduler_address
        closing = threading.Thread(target=cluster.close)

        def end_the_scheduler(job: MasteringJob, *more: Any) -> None:
            made.append(job)
            true(job, *more)
            if len(made) == 2:
                closing.start()
                time.sleep(1)

        monkeypatch.setattr(worker, "_do", end_the_scheduler)
        run = machine.run()
        with pytest.raises(Unreachable, match="The scheduler is gone"):
            machine.together(ClusterChoice(address, patience_s=1.5), run)
        closing.join()
    done = [name for name in alone if name.startswith("audio/") and run.store.stat(name)]
    assert len(done) in range(len(SLUGS), 2 * len(SLUGS)), "the first alone is published anew"
    assert machine.left(), "the second result waits in the store"
    monkeypatch.setattr(worker, "_do", true)
    outcome = machine.together(choice)
    assert outcome.error is None
    assert published(run.store).keys() == alone.keys()
    assert machine.left() == []
    assert len(made) == 2


def test_workers_are_reached_through_tls(
    machine: Machine, certificate: Certificate, alone: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    import dask
    from distributed import LocalCluster, Security

    tls = {"distributed.comm.tls.ca-file": str(certificate.authority), "distributed.comm.require-encryption": True}
    for role in ("scheduler", "worker", "client"):
        tls[f"distributed.comm.tls.{role}.cert"] = str(certificate.chain)
        tls[f"distributed.comm.tls.{role}.key"] = str(certificate.key)
    with (
        dask.config.set(tls),
        LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=False,
            dashboard_address=None,
            protocol="tls://",
            host="127.0.0.1",
            security=Security(),
        ) as cluster,
    ):
        assert cluster.scheduler_address.startswith("tls://")
        choice = ClusterChoice(cluster.scheduler_address, patience_s=5)
        assert slugs(machine.together(choice, slugs=["eins"])) == ["eins"]
        assert sounds(machine) < alone.keys()
        assert len(sounds(machine)) == len(SLUGS) + 1
        with (
            dask.config.set(dict.fromkeys(tls)),
            pytest.raises(UsageError, match="No Dask scheduler answers at tls://") as error,
        ):
            machine.together(replace(choice, patience_s=2), slugs=["zwei"])
        assert "certificates" in error.value.problems[0].hint


def test_what_a_cluster_leaves_behind_for_ever_is_found_by_prune() -> None:
    assert FOLDER in ASSETS


def test_a_file_that_a_worker_may_not_look_at_is_one_that_it_does_not_see(tmp_path: Path) -> None:
    (tmp_path / "audio.flac").write_bytes(b"sound")
    digest = file_digest(tmp_path / "audio.flac")
    paths = [
        tmp_path / "audio.flac",
        tmp_path / "none",
        tmp_path / ("a" * 300),
        tmp_path,
        tmp_path / "audio.flac" / "a",
    ]
    assert [worker._sees(JobFile(path, digest)) for path in paths] == [True, False, False, False, False]
    assert not worker._sees(JobFile(paths[0], "0" * 64))


@pytest.mark.parametrize(
    ("address", "is_open"),
    [
        ("tcp://10.0.0.5:8786", True),
        ("10.0.0.5:8786", True),
        ("tcp://studio.lan:8786", True),
        ("tls://10.0.0.5:8786", False),
        ("tcp://127.0.0.1:8786", False),
        ("localhost:8786", False),
        ("", False),
    ],
)
def test_a_cluster_that_anybody_can_use_is_told(address: str, is_open: bool) -> None:
    assert is_open_to_all(address) is is_open


def test_without_dask_or_a_scheduler_one_sentence_says_what_to_do(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        machine.together(ClusterChoice("tcp://127.0.0.1:9", patience_s=0.5))
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match="needs Dask"):
        machine.together(ClusterChoice(workers=2))
