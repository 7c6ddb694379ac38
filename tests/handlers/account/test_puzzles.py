"""The slider puzzle: drawn by the server, its place told to nobody, judged once; and other ways."""

from __future__ import annotations

import io
import re
from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from PIL import Image, ImageChops

from domain.sample.people import PASSWORD
from handlers.account.proofs import puzzles
from tests.handlers.account.test_challenges import field, solved
from tests.handlers.account.test_registering import WHO
from tests.handlers.conftest import Browser, errors, words
from tests.handlers.test_limits import Hands, hands, side_by_side
from tests.solving import solve

__all__ = ["hands"]
DOOR, MOBILE = "/account/sign-in", "/account/register/mobile"
RIGHT = {"login": "wangmin", "password": PASSWORD}


def opened(visitor: Browser, address: str = DOOR) -> str:
    """The name of the puzzle that a page carries."""
    return field(visitor.client.get(address), "puzzle_name")


def sent(app: Flask, name: str, off: int = 0) -> dict[str, str]:
    """A puzzle with the piece where it belongs, or so many pixels beside it."""
    return {"puzzle_name": name, "puzzle": str(int(solve(app, name)) + off)}


@pytest.mark.manual("A2")
def test_whoever_completes_the_picture_signs_in(app: Flask, visitor: Browser) -> None:
    name = opened(visitor)
    assert visitor.send(DOOR, **RIGHT, **sent(app, name)).status_code == 303


@pytest.mark.manual("A2")
@pytest.mark.parametrize("off", [-7, 7])
def test_a_hand_that_trembles_is_close_enough(app: Flask, visitor: Browser, off: int) -> None:
    assert visitor.send(DOOR, **RIGHT, **sent(app, opened(visitor), off)).status_code == 303


@pytest.mark.manual("A2")
@pytest.mark.parametrize("off", [-8, 8, 60])
def test_a_piece_beside_its_place_opens_nothing(app: Flask, visitor: Browser, off: int) -> None:
    answer = visitor.send(DOOR, **RIGHT, **sent(app, opened(visitor), off))
    assert (answer.status_code, "拼图没有对准" in errors(answer)) == (422, True)
    assert 'href="#puzzle"' in words(answer)
    assert 'value="wangmin"' in words(answer)


@pytest.mark.manual("A2")
@pytest.mark.parametrize("typed", ["", "  ", "abc", "-5", "1e2", "NaN", "9" * 40, "120.00001", "１２"])
def test_what_is_no_place_opens_nothing(app: Flask, visitor: Browser, typed: str) -> None:
    answer = visitor.send(DOOR, **RIGHT, puzzle_name=opened(visitor), puzzle=typed)
    assert answer.status_code == 422
    assert "拼图" in errors(answer)


@pytest.mark.manual("A2")
def test_a_puzzle_is_judged_once(app: Flask, visitor: Browser) -> None:
    name = opened(visitor)
    assert visitor.send(DOOR, **RIGHT, **sent(app, name, 40)).status_code == 422
    answer = visitor.send(DOOR, **RIGHT, **sent(app, name))
    assert (answer.status_code, "拼图已经过期" in errors(answer)) == (422, True)
    again = sent(app, opened(visitor))

    def replay() -> int:
        return app.test_client().post(DOOR, data={**RIGHT, **again}).status_code

    assert Counter(side_by_side(app, replay)) == {303: 1, 422: 19}


@pytest.mark.manual("A2")
def test_a_puzzle_ends_and_belongs_to_its_form(app: Flask, visitor: Browser, hands: Hands) -> None:
    name = opened(visitor)
    hands.at += timedelta(seconds=puzzles.VALID + 1)
    assert "拼图已经过期" in errors(visitor.send(DOOR, **RIGHT, **sent(app, name)))
    assert visitor.client.get(f"/account/puzzle/{name}/picture").status_code == 404
    visitor.send("/account/register", **WHO)
    other = opened(visitor, MOBILE)
    assert "拼图已经过期" in errors(visitor.send(DOOR, **RIGHT, **sent(app, other)))
    forged = {"puzzle_name": "forged.by.somebody", "puzzle": "120"}
    assert "拼图已经过期" in errors(visitor.send(DOOR, **RIGHT, **forged))


@pytest.mark.manual("A2")
def test_all_is_told_at_once_and_what_was_solved_is_not_asked_again(app: Flask, visitor: Browser) -> None:
    name = opened(visitor)
    answer = visitor.send(DOOR, login="", password="", **sent(app, name, 50))
    told = errors(answer)
    for sentence in ("请填写证件号码", "请填写密码", "拼图没有对准"):
        assert sentence in told
    answer = visitor.send(DOOR, login="wangmin", password="", **sent(app, opened(visitor)))
    assert "安全验证已通过" in words(answer)
    passed = {"puzzle_pass": field(answer, "puzzle_pass"), "puzzle": ""}
    answer = visitor.send(DOOR, login="wangmin", password="wrong-Password", **passed)
    assert "账号或密码不正确" in errors(answer)
    assert "安全验证已通过" not in words(answer), "a password is tried once for each puzzle"
    assert visitor.send(DOOR, **RIGHT, **passed).status_code == 422


@pytest.mark.manual("A2")
def test_the_work_of_a_browser_is_as_good(app: Flask, visitor: Browser) -> None:
    page = visitor.client.get(DOOR)
    assert "不方便拖动？改用自动验证" in words(page)
    done = solved(page)
    assert visitor.send(DOOR, **RIGHT, puzzle="", altcha=done).status_code == 303
    visitor.send("/account/sign-out")
    assert visitor.send(DOOR, **RIGHT, puzzle="", altcha=done).status_code == 422


@pytest.mark.manual("A2")
def test_without_script_and_picture_a_minute_is_enough(visitor: Browser, hands: Hands) -> None:
    ticket = field(visitor.client.get(DOOR), "challenge_ticket")
    hands.at += timedelta(seconds=59)
    assert visitor.send(DOOR, **RIGHT, puzzle="", challenge_ticket=ticket).status_code == 422
    hands.at += timedelta(seconds=1)
    assert visitor.send(DOOR, **RIGHT, puzzle="", challenge_ticket=ticket).status_code == 303


@pytest.mark.manual("A2")
def test_a_message_is_sent_for_a_solved_puzzle_alone(app: Flask, visitor: Browser) -> None:
    visitor.send("/account/register", **WHO)
    typed = {"mobile": WHO["mobile"]}
    answer = visitor.send(MOBILE, **typed, **sent(app, opened(visitor, MOBILE), 30))
    assert (answer.status_code, "拼图没有对准" in errors(answer)) == (422, True)
    assert WHO["mobile"] in words(answer)
    assert visitor.send(MOBILE, **typed, **sent(app, opened(visitor, MOBILE))).status_code == 303


@pytest.mark.manual("A2")
def test_another_puzzle_is_to_be_had(app: Flask, visitor: Browser) -> None:
    found = visitor.client.get("/account/puzzle/another/sign_in").get_json()["name"]
    assert visitor.send(DOOR, **RIGHT, **sent(app, found)).status_code == 303
    assert visitor.client.get("/account/puzzle/another/nothing").status_code == 404


@pytest.mark.manual("A2")
def test_the_place_is_in_the_picture_alone(app: Flask, visitor: Browser) -> None:
    page = visitor.client.get(DOOR)
    name = field(page, "puzzle_name")
    left, top = _place(app, name)
    assert not re.search(rf'"{left}"|={left}\b', words(page))
    picture = visitor.client.get(f"/account/puzzle/{name}/picture")
    piece = visitor.client.get(f"/account/puzzle/{name}/piece")
    assert (picture.mimetype, piece.mimetype) == ("image/jpeg", "image/webp")
    assert len(picture.data) + len(piece.data) < 40_000
    scene, strip = (Image.open(io.BytesIO(one.data)) for one in (picture, piece))
    shape = strip.getchannel("A").point(lambda value: 255 if value > 200 else 0)
    assert shape.getbbox()[1] in range(top * 2, top * 2 + 20), "the piece is as high as its hole"

    def darkness(at: int) -> float:
        under = scene.convert("L").crop((at, 0, at + strip.width, strip.height))
        bright = ImageChops.multiply(under, shape).histogram()
        return -sum(value * count for value, count in enumerate(bright))

    # Where the piece belongs is darker than where it does not; people see it, and so does whoever computes.
    assert darkness(left * 2) > darkness(left * 2 - 60)


@pytest.mark.manual("A2")
def test_fields_start_empty_and_paste_and_password_managers_work(visitor: Browser) -> None:
    page = visitor.open(DOOR)
    for name, completes in (("login", "username"), ("password", "current-password")):
        tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
        assert tag is not None
        assert f'autocomplete="{completes}"' in tag[0]
        assert 'value=""' in tag[0] or "value=" not in tag[0]
    assert "onpaste" not in page


def _place(app: Flask, name: str) -> tuple[int, int]:
    with app.test_request_context():
        return puzzles.find_place(name)
