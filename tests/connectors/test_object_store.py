"""The same store on an object store: a real S3 server answers, on this machine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from moto.server import ThreadedMotoServer

from connectors.storage import BadStorageKey, MissingFile, Store, new_key, open_store

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def place() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with requests.Session() as session:
        session.trust_env = False
        session.put(f"http://{host}:{port}/zige", timeout=10).raise_for_status()
    login = "access_key_id=test&secret_access_key=test"
    yield f"s3://zige/files?endpoint=http://{host}:{port}&region=us-east-1&{login}"
    server.stop()


@pytest.fixture
def store(place: str) -> Store:
    return open_store(place)


def test_bytes_come_back_until_they_are_deleted(store):
    key = new_key("material")
    assert not store.exists(key)
    store.put(key, b"%PDF-1.7")
    assert store.exists(key)
    assert store.get(key) == b"%PDF-1.7"
    store.delete(key)
    store.delete(key)
    with pytest.raises(MissingFile):
        store.get(key)


def test_a_key_that_leaves_its_folder_is_refused(store):
    with pytest.raises(BadStorageKey):
        store.put("../other/key", b"")


def test_everything_that_is_kept_is_listed_with_its_moment(place, store):
    key = new_key("material")
    store.put(key, b"%PDF-1.7")
    # In a process of its own: OpenDAL's listing holds the interpreter that the server here needs to answer.
    words = "import sys; from connectors.storage import open_store; print(*open_store(sys.argv[1]).kept())"
    listed = subprocess.run([sys.executable, "-c", words, place], cwd=ROOT, capture_output=True, check=True)
    assert key in listed.stdout.decode()
