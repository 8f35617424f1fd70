"""A store in PostgreSQL on the same machine needs no network: a service with such a store has none."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from rpiocr.service.egress import local_sockets, ways_out
from rpiocr.settings import Settings
from tests.program import PROJECT
from tests.store.postgres import Server
from tests.tracing import namespace, trace


@pytest.mark.skipif(isinstance(namespace(), str), reason=str(namespace()))
@pytest.mark.slow
def test_a_server_of_this_machine_is_reached_by_its_socket_alone(server: Server, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(PROJECT)}
    with server.fresh() as url:
        deeds = trace([sys.executable, "-m", "rpiocr", "list", "--store", url], environment, tmp_path)
    assert deeds.status == 0, deeds.stderr
    assert deeds.foreign == ()
    assert ways_out(Settings(store=url)) == ()
    (folder,) = local_sockets(Settings(store=url))
    assert str(folder / ".s.PGSQL.5432") in deeds.sockets
