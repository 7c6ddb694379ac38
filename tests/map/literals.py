"""Where Chinese stands in the product, and which of it no translator would find or could follow.

`python -m tests.map.literals` lists what is found.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from babel.messages import jslexer
from jinja2 import nodes
from jinja2.sandbox import SandboxedEnvironment

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    *("app.py", "connectors", "domain", "handlers", "launcher", "migrations", "models", "settings"),
    *("translations", "workflows"),
)
HAN = re.compile(r"[\u3400-\u9fff]")
MARKS = re.compile(r"[、，。；：！？“”（）《》]")  # of a sentence, by which a piece of one is told
SAY = {"gettext": 1, "lazy_gettext": 1, "gettext_plural": 1, "lazy_gettext_plural": 1, "ngettext": 2, "_": 1}
SCRIPT_CALLS = (["gettext", "("], ["gettextPlural", "("])
FILLED_LATER = {"lazy_gettext", "lazy_gettext_plural"}  # their placeholders may be named where `%` fills them
PLURAL = {"gettext_plural", "lazy_gettext_plural", "ngettext"}
TRANSLATIONS = "translations/__init__.py"  # where words are joined, and sentences said, for all others
PIECE = re.compile(r"[的，。；：、！？）\s]|.*[\s，、（]\Z", re.DOTALL)  # begins or ends as no sentence does
INLINE = re.compile(r"\s*<(a|b|strong|em)[ >]")  # an element within a sentence
PLACEHOLDER = re.compile(r"%\((\w*)\)[sd]")
POSITIONAL = re.compile(r"(?<!%)(?:%%)*%[sdrf]")
POOR = re.compile(
    r"[A-Za-z_]+[0-9]+|mask_\w+|listed|told|said|one|int|data|object|repr|format|localname|sourceline"
)

# Rooms that say nothing through gettext, and why.
EXEMPT = {
    "domain/sample": "the sample world: names, places and texts of people who do not exist are data",
    "launcher": "runs before anything is installed, gettext too",
    "migrations": "a migration stays as it was released",
}
# Chinese that is data, by its module and the name or function it stands in: compared with what registers,
# people and files hold, or cut apart; a person is never shown it.
DATA = {
    (
        "models/base/codes.py",
        "SUBJECTS",
    ): "subjects are kept by their names, as tables and registers have them",
    ("models/base/codes.py", "_EVERYWHERE"): "subjects",
    ("models/base/codes.py", "_ARTS"): "subjects",
    ("models/base/codes.py", "_SCIENCES"): "subjects",
    ("models/base/codes.py", "_MORE"): "subjects",
    ("models/base/codes.py", "_LANGUAGES"): "subjects",
    ("models/base/codes.py", "_TRADES"): "subjects",
    ("models/base/codes.py", "ETHNICITIES"): "the peoples of GB/T 3304, whose names are written on papers",
    ("models/base/spelling.py", "HAN"): "a class of characters",
    ("models/base/spelling.py", "DOTS"): "a class of characters",
    ("handlers/account/proofs/identity_documents.py", "HAN"): "a class of characters",
    (
        "handlers/apply/choices/offers.py",
        "_is_districts",
    ): "a name of the list of regions that says nothing",
    ("handlers/apply/resume/rows.py", "MONTH"): "how people type a month",
    ("handlers/casework/tasks/material_check.py", "BETWEEN_REASONS"): "between reasons that are kept",
    ("handlers/diagrams/text_layout.py", "CLOSING"): "characters that begin no line",
    ("handlers/diagrams/text_layout.py", "JOINING"): "characters that begin a line",
    ("handlers/page/telephones.py", "NUMBER"): "how offices write telephones",
    ("handlers/page/telephones.py", "EXTENSION"): "how offices write telephones",
    ("handlers/profile/records/schemas.py", "NUMBER"): "how certificates are numbered",
    ("handlers/profile/records/schooling.py", "_check_found"): "a word of the register",
    ("domain/papers/sheets.py", "build_sample_facts"): "what stands on a sheet that is only tried",
    ("domain/rules/requirements.py", "is_doctor"): "words in the names of degrees",
    ("workflows/engine/decisions/checks/judge.py", "_UP_TO"): "how people type a range",
    ("workflows/engine/decisions/checks/matching.py", "_LIKE_A_DAY"): "how people type a day",
    (
        "workflows/engine/decisions/model/tables.py",
        "_build_rule_error",
    ): "the end of a sentence, which goes on",
    ("workflows/engine/expressions/syntax.py", "_CHINESE_MARKS"): "characters that no expression has",
    ("workflows/engine/lint/reading/foreign.py", "PRODUCTS"): "names of products",
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One place, what is wrong with it, and what stands there."""

    path: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.text[:100]}"


def list_modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module that speaks, by its path."""
    for room in ROOMS:
        place = ROOT / room
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not any(name.startswith(f"{room}/") for room in EXEMPT):
                yield name, ast.parse(path.read_text(encoding="utf-8"))


def look_at_python(path: str, tree: ast.Module) -> Iterator[Finding]:
    """What is wrong with the sentences of a module."""
    for statement in tree.body:
        for part, name in named_parts(statement):
            if (path, name) not in DATA:
                yield from _Module(path, part).look()


def named_parts(statement: ast.stmt) -> Iterator[tuple[ast.AST, str]]:
    """A statement of a module, or each method of a class, with the name it is known by."""
    if isinstance(statement, ast.ClassDef):
        for part in (*statement.decorator_list, *statement.keywords, *statement.body):
            yield part, statement.name
        return
    target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
    yield statement, getattr(statement, "name", None) or getattr(target, "id", "")


def has_findings(path: str, part: ast.AST) -> bool:
    """Whether a part would be reported, if it were not named as data."""
    return any(True for _ in _Module(path, part).look())


class _Module:
    """Looks at one part of a module."""

    def __init__(self, path: str, part: ast.AST) -> None:
        self.path, self.part = path, part
        self.parents = {child: node for node in ast.walk(part) for child in ast.iter_child_nodes(node)}
        calls = [node for node in ast.walk(part) if isinstance(node, ast.Call)]
        self.calls = [node for node in calls if _called(node) in SAY]
        self.said = {arg for call in self.calls for arg in call.args[: SAY[_called(call)]]}

    def look(self) -> Iterator[Finding]:
        for node in ast.walk(self.part):
            for rule in self._rules_against(node):
                yield Finding(
                    path=self.path, line=getattr(node, "lineno", 0), rule=rule, text=ast.unparse(node)
                )

    def _rules_against(self, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in self.said:
            yield from self._look_at_text(node)
        if isinstance(node, ast.Call) and node in self.calls and self.path != TRANSLATIONS:
            yield from _look_at_call(node)
        if self.path != TRANSLATIONS and self._is_put_together(node):
            yield "put together"

    def _look_at_text(self, node: ast.Constant) -> Iterator[str]:
        parent = self.parents.get(node, self.part)
        if isinstance(parent, ast.Expr):
            return  # a docstring
        if HAN.search(node.value):
            yield "not said"
        elif MARKS.search(node.value):
            yield "put together"

    def _is_put_together(self, node: ast.AST) -> bool:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
            return any(side in self.calls for side in (node.left, node.right))
        if isinstance(node, ast.FormattedValue):
            return any(part in self.calls for part in ast.walk(node.value))
        if isinstance(node, ast.Call) and _called(node) in {"join", "format"}:
            return any(part in self.calls for arg in node.args for part in _own_parts(arg))
        return False


def _own_parts(node: ast.AST) -> Iterator[ast.AST]:
    """The parts that a join writes: the items of a list, what a generator makes."""
    if isinstance(node, ast.GeneratorExp | ast.ListComp):
        yield node.elt
    elif isinstance(node, ast.List | ast.Tuple):
        yield from node.elts
    else:
        yield node


def _called(node: ast.Call) -> str:
    return str(getattr(node.func, "id", getattr(node.func, "attr", "")))


def _look_at_call(call: ast.Call) -> Iterator[str]:
    name = _called(call)
    sentences = call.args[: SAY[name]]
    if not all(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in sentences):
        yield "computed"
        return
    given = {keyword.arg for keyword in call.keywords}
    for one in sentences:
        assert isinstance(one, ast.Constant)
        yield from _look_at_sentence(str(one.value))
        yield from _look_at_values(name, str(one.value), given)
    for keyword in call.keywords:
        if isinstance(keyword.value, ast.Call) and _called(keyword.value) == "len" and name not in PLURAL:
            yield "plural"


def _look_at_sentence(sentence: str) -> Iterator[str]:
    """What is wrong with a sentence, whatever says it."""
    if PIECE.match(sentence):
        yield "a piece"
    if POSITIONAL.search(sentence):
        yield "positional"
    if any(POOR.fullmatch(name) for name in PLACEHOLDER.findall(sentence)):
        yield "poorly named"


def _look_at_values(name: str, sentence: str, given: set[str | None]) -> Iterator[str]:
    wanted = set(PLACEHOLDER.findall(sentence))
    if name not in PLURAL and wanted & {"num", "count"}:
        yield "plural"
    if name in PLURAL and "num" not in wanted:
        yield "plural without its number"
    if None in given or (name in FILLED_LATER and not given):
        return
    if name == "ngettext":
        given = given | {"num"}
    if wanted != given:
        yield f"placeholders {sorted(wanted ^ {one for one in given if one})}"


def look_at_template(path: str, source: str) -> Iterator[Finding]:
    """What is wrong with the sentences of a template."""
    tree = SandboxedEnvironment(extensions=["jinja2.ext.i18n"]).parse(source)
    calls = [call for call in tree.find_all(nodes.Call) if _template_name(call) in SAY]
    said = {id(arg) for call in calls for arg in call.args[: SAY[_template_name(call)]]}
    for node in tree.find_all((nodes.TemplateData, nodes.Const)):
        text = node.data if isinstance(node, nodes.TemplateData) else node.value
        if isinstance(text, str) and id(node) not in said:
            rule = "not said" if HAN.search(text) else "put together" if MARKS.search(text) else ""
            if rule:
                yield Finding(path=path, line=node.lineno, rule=rule, text=text)
    for call in calls:
        for rule in _look_at_template_call(call):
            yield Finding(path=path, line=call.lineno, rule=rule, text=str(_sentences(call)))
    for output in tree.find_all(nodes.Output):
        for before, after in pairwise(output.nodes):
            if before in calls and isinstance(after, nodes.TemplateData) and _goes_on(before, after.data):
                yield Finding(path=path, line=before.lineno, rule="a piece", text=str(_sentences(before)))
    for node in tree.find_all((nodes.Concat, nodes.Add, nodes.Mod)):
        if any(part in calls for part in node.find_all(nodes.Call)):
            yield Finding(path=path, line=node.lineno, rule="put together", text=str(node))


def _goes_on(call: nodes.Call, following: str) -> bool:
    """Whether an element follows a sentence that has no end: it stands in the middle of a longer one."""
    ended = all(sentence[-1] in "。！？：" for sentence in _sentences(call))
    return bool(INLINE.match(following)) and not ended


def _template_name(call: nodes.Call) -> str:
    return call.node.name if isinstance(call.node, nodes.Name) else ""


def _sentences(call: nodes.Call) -> list[str]:
    return [arg.value for arg in call.args[: SAY[_template_name(call)]] if isinstance(arg, nodes.Const)]


def _look_at_template_call(call: nodes.Call) -> Iterator[str]:
    name, sentences = _template_name(call), _sentences(call)
    if len(sentences) < SAY[name]:
        yield "computed"
    for sentence in sentences:
        yield from _look_at_sentence(sentence)
        yield from _look_at_values(name, sentence, {keyword.key for keyword in call.kwargs})
    for keyword in call.kwargs:
        filters = [keyword.value] if isinstance(keyword.value, nodes.Filter) else []
        if any(one.name in {"length", "count"} for one in filters) and name not in PLURAL:
            yield "plural"


def list_template_findings() -> list[Finding]:
    """What is wrong in all templates."""
    return [
        found
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if "preview" not in path.parts
        for found in look_at_template(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    ]


def look_at_script(path: str, source: str) -> Iterator[Finding]:
    """What is wrong with the sentences of a script of the browser."""
    tokens = [
        token for token in jslexer.tokenize(source) if token.type not in {"linecomment", "multilinecomment"}
    ]
    for place, token in enumerate(tokens):
        text = token.value[1:-1]
        if token.type not in {"string", "template_string"} or not (HAN.search(text) or MARKS.search(text)):
            continue
        call = [one.value for one in tokens[max(place - 2, 0) : place]]
        rules = list(_look_at_sentence(text)) if call in SCRIPT_CALLS else ["not said"]
        if call in SCRIPT_CALLS and tokens[place + 1].value not in {",", ")"}:
            rules.append("put together")
        for rule in rules:
            yield Finding(path=path, line=token.lineno, rule=rule, text=text)


def list_script_findings() -> list[Finding]:
    """What is wrong in all scripts of the browser."""
    return [
        found
        for path in sorted((ROOT / "static" / "js").glob("*.js"))
        for found in look_at_script(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    ]


def list_python_findings() -> list[Finding]:
    """What is wrong in all modules."""
    return [found for path, tree in list_modules() for found in look_at_python(path, tree)]


if __name__ == "__main__":
    print(*list_python_findings(), *list_template_findings(), *list_script_findings(), sep="\n")
