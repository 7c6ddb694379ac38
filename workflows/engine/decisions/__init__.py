"""Decision tables (DMN 1.2 and 1.3), evaluated by our own interpreter."""

from workflows.engine.decisions.model.tables import (
    DecisionError,
    InputColumn,
    OutputColumn,
    Rule,
    Table,
    evaluate_detached,
    evaluate_table,
    table_from_plain,
    table_to_plain,
)
from workflows.engine.decisions.table_reader import load_tables, parse_tables, read_tables

__all__ = [
    "DecisionError",
    "InputColumn",
    "OutputColumn",
    "Rule",
    "Table",
    "evaluate_detached",
    "evaluate_table",
    "load_tables",
    "parse_tables",
    "read_tables",
    "table_from_plain",
    "table_to_plain",
]
