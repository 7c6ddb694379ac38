"""The same store on an object store: a real S3 server answers, on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC

import pytest
import requests
from moto.server import ThreadedMotoServer

from connectors.storage import BadKey, Missing, Store, new_key, open_store


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
    with pytest.raises(Missing):
        store.get(key)


def test_a_key_that_leaves_its_folder_is_refused(store):
    with pytest.raises(BadKey):
        store.put("../other/key", b"")


def test_everything_that_is_kept_is_listed_with_its_moment(store):
    key = new_key("material")
    store.put(key, b"%PDF-1.7")
    assert dict(store.kept())[key].tzinfo is UTC
