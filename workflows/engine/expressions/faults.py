"""What can be wrong with an expression, before and while it is evaluated."""

from __future__ import annotations

from models.base.errors import DomainError
from translations import gettext, lazy_gettext


class ExpressionError(DomainError):
    """An expression that cannot be read or worked out."""

    code = "expression_error"
    status = 409  # nothing was saved; the same answer again leads to the same
    sentence = lazy_gettext("流程中的表达式有误，请联系流程设计人员。")

    def __init__(
        self, sentence: str, *, text: str = "", line: int | None = None, column: int | None = None
    ) -> None:
        super().__init__(sentence)
        self.text = text
        self.line = line  # from 1, known for what cannot be compiled
        self.column = column  # from 1, counted in characters


_QUOTED = 60  # characters of an expression that a message repeats


def quote_text(text: str) -> str:
    """The expression as messages show it: on one line, long ones cut."""
    line = " ".join(text.split())
    return gettext("“%(text)s”", text=f"{line[:_QUOTED]}…" if len(line) > _QUOTED else line)


class Fault(Exception):
    """The reason why an evaluation stops; it becomes an ExpressionError that quotes the expression."""
