"""Decision tables (DMN 1.2 and 1.3), evaluated by our own interpreter."""

from workflows.engine.decisions.reading import parse_tables, read_tables
from workflows.engine.decisions.tables import (
    DecisionError,
    Input,
    Output,
    Rule,
    Table,
    evaluate,
    from_plain,
    settled,
    to_plain,
)

__all__ = [
    "DecisionError",
    "Input",
    "Output",
    "Rule",
    "Table",
    "evaluate",
    "from_plain",
    "parse_tables",
    "read_tables",
    "settled",
    "to_plain",
]
