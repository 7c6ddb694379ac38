"""Files under keys of our own making."""

from __future__ import annotations

import pytest

from connectors.storage import BadStorageKey, MissingFile, new_key, open_store


def test_bytes_come_back_until_they_are_deleted(tmp_path):
    store, key = open_store(str(tmp_path / "files")), new_key("photo")
    assert not store.exists(key)
    store.put(key, b"\xff\xd8 photo")
    assert store.exists(key)
    assert open_store(f"file://{tmp_path}/files").get(key) == b"\xff\xd8 photo"
    store.delete(key)
    store.delete(key)
    with pytest.raises(MissingFile):
        store.get(key)


def test_keys_are_fresh_and_spread():
    keys = {new_key("material") for _ in range(200)}
    assert len(keys) == 200
    assert all(key.startswith("material/") for key in keys)


@pytest.mark.parametrize(
    "key", ["../x", "photo/../../x", "/etc/passwd", "photo//x", "photo/a\\b", "photo/..", "", "photo/\n"]
)
@pytest.mark.parametrize("act", ["get", "exists", "delete"])
def test_a_key_that_leaves_the_store_is_refused(tmp_path, key, act):
    (tmp_path / "x").write_bytes(b"secret")
    store = open_store(str(tmp_path / "files"))
    with pytest.raises(BadStorageKey):
        getattr(store, act)(key)
    with pytest.raises(BadStorageKey):
        store.put(key, b"")


@pytest.mark.parametrize("kind", ["", "../x", "Photo", "照片", "a/b"])
def test_a_kind_is_a_plain_word(kind):
    with pytest.raises(BadStorageKey):
        new_key(kind)
