"""Participants in processes of Dask's: on this machine, and by a scheduler's address."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support.study_files import entry, write_dictionary, write_participant
from tidemark.classify.studies import cluster
from tidemark.classify.studies.cut import cut_study
from tidemark.core.errors import InputError


@pytest.fixture
def folder(tmp_path):
    write_dictionary(tmp_path / "recorded")
    for seed, name in enumerate(["P001", "P002", "P003"]):
        write_participant(tmp_path / "recorded", name, 500 + 200 * seed, seed=seed)
    return tmp_path / "recorded"


@pytest.fixture
def address():
    """Address of a cluster of two workers, processes that somebody else started."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        memory_limit=0,
        dashboard_address=None,
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as running:
        yield running.scheduler_address


def process_of(name):
    return name, os.getpid()


def die_once(path):
    """Kill the process that does this, the first time."""
    if not Path(path).exists():
        Path(path).write_text("")
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def die(_):
    os.kill(os.getpid(), signal.SIGKILL)


def test_local_processes_write_what_one_process_does(folder, tmp_path):
    cut_study("wrist", entry(), folder, tmp_path / "many")
    away = tmp_path / "away"
    names = sorted(path.name for path in folder.glob("P*"))
    folder.rename(away)
    write_dictionary(folder)
    for name in names:  # one participant more every time: no process is started
        (away / name).rename(folder / name)
        cut_study("wrist", entry(), folder, tmp_path / "one")
    for path in (tmp_path / "many").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "one" / path.relative_to(tmp_path / "many")).read_bytes()


def test_a_cluster_by_its_address(folder, tmp_path, address):
    (folder / "P002.csv.gz").write_text("not gzip")
    study = entry(scheduler=address, on_error="skip")
    cut_study("wrist", study, folder, tmp_path / "windows")
    found = json.loads((tmp_path / "windows" / "study.json").read_text())
    assert list(found["participants"]) == ["P001", "P003"]
    assert "row 1: not compressed" in found["skipped"]["P002"]
    results = dict(cluster.each(process_of, {str(n): n for n in range(8)}, address, "x", "x"))
    assert sorted(name for name, _ in results.values()) == list(range(8))
    assert os.getpid() not in {process for _, process in results.values()}


def test_a_lost_worker_is_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "_workers", lambda jobs: 1)
    jobs = {"P001": str(tmp_path / "a"), "P002": str(tmp_path)}
    assert dict(cluster.each(die_once, jobs, None, "x", "x")) == {"P001": "done", "P002": "done"}


def test_one_that_is_lost_again_and_again_is_an_error(monkeypatch):
    monkeypatch.setattr(cluster, "_workers", lambda jobs: 1)
    monkeypatch.setattr(cluster, "DEATHS", 0)
    with pytest.raises(InputError, match=r"^P00[12]: its worker was lost \(KilledWorker\)"):
        list(cluster.each(die, {"P001": 1, "P002": 2}, None, "x", "x"))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere"])
def test_an_address_without_scheduler(monkeypatch, address):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    with pytest.raises(
        InputError, match=rf"^studies.wrist.scheduler = '{address}': no Dask scheduler answers"
    ):
        list(cluster.each(process_of, {"P001": 1}, address, "studies.wrist.scheduler", "wrist"))


def test_a_scheduler_without_workers(monkeypatch):
    from distributed import LocalCluster

    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    with (
        LocalCluster(n_workers=0, processes=False, dashboard_address=None) as empty,
        pytest.raises(InputError, match=r"the scheduler has no worker; start one"),
    ):
        list(cluster.each(process_of, {"P001": 1}, empty.scheduler_address, "x", "x"))


def test_dask_is_imported_only_where_it_is_needed():
    code = "import sys, tidemark.classify.studies.cut; sys.exit('dask' in sys.modules or 'distributed' in sys.modules)"
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    )
