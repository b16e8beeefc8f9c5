"""A build needs no network: every socket is denied, in this process and in the workers."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from pipeline import build, extract
from pipeline.engines import build as build_module

DENIED = """
import socket


class Denied(socket.socket):
    def __init__(self, *arguments, **options):
        raise RuntimeError("a socket at run time")


socket.socket = socket.SocketType = Denied
socket.create_connection = socket.getaddrinfo = Denied
"""


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("socket", "SocketType", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, getattr(socket, name))  # put back afterwards
    exec(DENIED)
    (tmp_path / "denied").mkdir()
    (tmp_path / "denied" / "sitecustomize.py").write_text(DENIED)  # what the workers import first
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "denied"))


@pytest.mark.usefixtures("no_network")
def test_extraction_opens_no_socket(seeds: Path) -> None:
    with pytest.raises(RuntimeError):
        socket.socket()
    for file in seeds.glob("*.txt"):
        assert extract(file.read_bytes()).segments


@pytest.mark.processes
@pytest.mark.usefixtures("no_network")
def test_a_build_opens_no_socket(seeds: Path, tmp_path: Path) -> None:
    manifest = build(seeds, tmp_path / "out")
    assert manifest.n_rejects == 0


@pytest.mark.processes
@pytest.mark.usefixtures("no_network")
def test_the_denial_reaches_the_workers(seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = build_module.worker_command(None, 1_000_000)
    opening = "import socket; socket.socket()"
    monkeypatch.setattr(build_module, "worker_command", lambda *_, **__: [command[0], "-c", opening])
    with pytest.raises(Exception, match="a socket at run time"):
        build(seeds, tmp_path / "out")
