"""A few small files that cost much work do not stop a site."""

from __future__ import annotations

import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pikepdf
import pytest
from pikepdf import Dictionary, Name

from domain.outside import uploads
from domain.outside.file_turns import AT_ONCE, PATIENCE, TooManyFiles, take_turn

pytestmark = pytest.mark.found("X5")
THREADS = 8  # of a web process


def test_of_a_process_s_threads_some_are_left_whatever_is_sent() -> None:
    ended, inside = threading.Event(), threading.Semaphore(0)

    def hold() -> str:
        try:
            with take_turn():
                inside.release()
                ended.wait(20)
                return "looked at"
        except TooManyFiles:
            return "refused"

    with ThreadPoolExecutor(THREADS) as pool:
        began = time.monotonic()
        held = [pool.submit(hold) for _ in range(THREADS)]
        for _ in range(AT_ONCE):
            assert inside.acquire(timeout=5)
        while sum(one.done() for one in held) < THREADS - AT_ONCE:
            assert time.monotonic() - began < PATIENCE + 5
            time.sleep(0.01)
        ended.set()
    assert sorted(one.result() for one in held) == ["looked at"] * AT_ONCE + ["refused"] * (THREADS - AT_ONCE)
    with take_turn():
        pass  # each turn was given back


def test_whoever_waits_a_little_has_a_turn() -> None:
    def look() -> bool:
        with take_turn():
            time.sleep(0.05)
            return True

    with ThreadPoolExecutor(AT_ONCE + 2) as pool:
        assert all(pool.map(lambda _: look(), range(AT_ONCE + 2)))


def test_an_upload_takes_a_turn() -> None:
    document, target = pikepdf.new(), io.BytesIO()
    document.pages.append(pikepdf.Page(Dictionary(Type=Name.Page, MediaBox=[0, 0, 595, 842])))
    document.save(target)
    ended = threading.Event()

    def hold() -> None:
        with take_turn():
            ended.wait(20)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        held = [pool.submit(hold) for _ in range(AT_ONCE)]
        time.sleep(0.2)
        with pytest.raises(TooManyFiles):
            uploads.store_upload("material", "a.pdf", target.getvalue())
        ended.set()
        for one in held:
            one.result()
