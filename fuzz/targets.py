"""The targets: where random input comes from, and what must hold for all of it."""

from __future__ import annotations

import contextlib
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.workflows.engine.diagrams.library import around, library
from workflows.engine.decisions import parse_tables
from workflows.engine.decisions.model.unary import compile_cell
from workflows.engine.expressions import (
    FUNCTIONS,
    ExpressionError,
    bounds,
    compile_expression,
    compile_script,
    run_script,
)
from workflows.engine.expressions.faults import Fault
from workflows.engine.lint import lint_files
from workflows.engine.source import safe_xml
from workflows.engine.source.environment import Environment
from workflows.engine.source.problems import LintRefused, errors_in
from workflows.engine.state import specs

FACTS: dict[str, Any] = {
    "a": 3,
    "b": "text",
    "c": [1, "x", [2]],
    "d": {"k": "v", "n": {"m": 1}},
    "e": None,
    "f": True,
    "g": 2.5,
    "big": 10**40,
    "endless": float("inf"),
}
_WORDS = [
    *FACTS,
    *FUNCTIONS,
    *"( ) [ ] { } , : . .. = == != < <= > >= + - * / // % ** << | & ~ ^ @ := -> ;".split(),
    *"and or not in is if else for lambda await yield None True False true null".split(),
    *"0 1 -1 2.5 1e308 999999999999999999 1j b'x' f'{a}' '' 'x' \"y\" ... # \\ \n".split(" "),
    *"__import__ __class__ __builtins__ eval exec open getattr type os sys globals 'a'*9 9**9**9".split(),
    *"“ ” ， （ ） ［ ＝ 资格 é \u202e \x00".split(),
]
texts = st.one_of(
    st.lists(st.sampled_from(_WORDS), max_size=25).map("".join),
    st.lists(st.sampled_from(_WORDS), max_size=25).map(" ".join),
    st.text(max_size=80),
)


@dataclass(frozen=True, kw_only=True)
class Target:
    """Random input, and a check that raises when something is wrong."""

    inputs: st.SearchStrategy[Any]
    check: Callable[[Any], None]


_watching: list[str] | None = None


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _watching is not None and event.partition(".")[0] in _OUTWARD:
        _watching.append(event)


_OUTWARD = {"open", "import", "exec", "os", "subprocess", "socket", "ctypes", "shutil", "marshal", "pickle"}
sys.addaudithook(_hook)


@contextlib.contextmanager
def _nothing_outward() -> Iterator[None]:
    """Within, the interpreter must not touch files, modules, processes or the network."""
    global _watching
    _watching = []
    try:
        yield
        assert _watching == [], _watching
    finally:
        _watching = None


def _assert_plain(value: Any, depth: int = 0) -> None:
    assert value is None or type(value) in (bool, int, float, str, list, dict), type(value)
    assert depth <= bounds.DEEPEST_VALUE + 3
    for part in bounds.list_parts(value):
        _assert_plain(part, depth + 1)


def check_expression(text: str) -> None:
    """Any text gives a plain value or an ExpressionError."""
    with contextlib.suppress(ExpressionError):
        expression = compile_expression(text)
        with _nothing_outward():
            _assert_plain(expression.evaluate(FACTS))


def check_script(text: str) -> None:
    """Any text sets plain variables or none at all."""
    data = dict(FACTS)
    try:
        script = compile_script(text)
        run_script(text, data)
    except ExpressionError:
        assert data == FACTS
    else:
        for name in script.assigned:
            _assert_plain(data[name])


def check_condition(text: str) -> None:
    """Any cell holds or not, or is refused."""
    with contextlib.suppress(ExpressionError, Fault):
        cell = compile_cell(text)
        with _nothing_outward():
            for value in FACTS.values():
                assert isinstance(cell.holds(value, FACTS), bool)


def check_file(source: bytes) -> None:
    """Any bytes give a root or a problem that names the file."""
    for name in ("any.bpmn", "any.dmn"):
        try:
            safe_xml.parse_xml(source, name=name)
        except LintRefused as refused:
            _check_named(refused, name)


def _check_named(refused: LintRefused, name: str) -> None:
    assert all(problem.message.startswith(f"文件 {name}") for problem in refused.problems)


def check_diagram(source: bytes) -> None:
    """Any changed diagram gives a list of problems."""
    for problem in lint_files({"any.bpmn": source}, Environment()):
        assert problem.message
        assert problem.file == "any.bpmn"


def check_deployment(chosen: tuple[str, int]) -> None:
    """What the linter lets pass, the engine's parser reads."""
    name, seed = chosen
    diagrams = {**_DIAGRAMS, name: _changed(_DIAGRAMS[name], random.Random(seed))}
    if not errors_in(lint_files({**_FILES, **diagrams}, _AROUND)):
        specs.parse_files(diagrams.items(), _TABLES)


def check_table(source: bytes) -> None:
    """Any changed table is read or refused."""
    with contextlib.suppress(LintRefused):
        parse_tables(source, name="any.dmn")


_FILES = library()
_AROUND = around(_FILES)
_DIAGRAMS = {name: source for name, source in _FILES.items() if name.endswith(".bpmn")}
_TABLES = {
    table.key: table
    for name, source in _FILES.items()
    if name.endswith(".dmn")
    for table in parse_tables(source, name=name)
}
_INSERTED = [
    b"<",
    b">",
    b"&",
    b'"',
    b"</bpmn:process>",
    b"<bpmn:task/>",
    b' id="x"',
    b"<!--",
    b"]]>",
    b"\0",
    b"\xff",
]


def _changed(source: bytes, chance: random.Random) -> bytes:
    """The file with some parts cut out, doubled, moved, inserted, or with two names exchanged."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(source))
        end = min(len(source), start + chance.choice([1, 5, 40, 200, 1500]))
        part = source[start:end]
        act = chance.randrange(5)
        if act == 0:
            source = source[:start] + source[end:]
        elif act == 1:
            source = source[:start] + part + source[start:]
        elif act == 2:
            source = source[:start] + chance.choice(_INSERTED) + source[start:]
        else:
            source = _exchanged(source, chance)
    return source


def _exchanged(source: bytes, chance: random.Random) -> bytes:
    """Well-formed, but with another meaning: some word stands where another was."""
    words = source.replace(b'"', b" ").replace(b"<", b" ").replace(b">", b" ").split()
    one, other = chance.choice(words), chance.choice(words)
    return source.replace(one, other, chance.choice([1, 2, -1]))


def changed_files(ending: str) -> st.SearchStrategy[bytes]:
    """Files of the library, changed at random."""
    sources = [source for name, source in sorted(_FILES.items()) if name.endswith(ending)]
    seeds = st.integers(0, 2**32)
    return st.tuples(st.sampled_from(sources), seeds).map(
        lambda pair: _changed(pair[0], random.Random(pair[1]))
    )


TARGETS: dict[str, Target] = {
    "expressions": Target(inputs=texts, check=check_expression),
    "scripts": Target(
        inputs=st.lists(texts.map(lambda text: f"x = {text}") | texts, max_size=4).map("\n".join),
        check=check_script,
    ),
    "conditions": Target(
        inputs=texts | st.text(alphabet="[]()<>=.,-not\"'a15 ", max_size=40), check=check_condition
    ),
    "files": Target(inputs=st.binary(max_size=400) | changed_files(".bpmn"), check=check_file),
    "diagrams": Target(inputs=changed_files(".bpmn"), check=check_diagram),
    "deployments": Target(
        inputs=st.tuples(st.sampled_from(sorted(_DIAGRAMS)), st.integers(0, 2**32)), check=check_deployment
    ),
    "tables": Target(inputs=changed_files(".dmn"), check=check_table),
}
