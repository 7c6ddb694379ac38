"""What addresses ask for: the schemas of their queries, for `contract.ask`."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from handlers.entry import row_numbers


class QuerySchema(Schema):
    """What the address of a page may say."""

    class Meta:
        """An address may carry more than we read."""

        unknown = EXCLUDE


class SearchWords(fields.String):
    """Words to look for, as many of them as make sense."""

    def __init__(self, *, most: int, **options: Any) -> None:
        super().__init__(load_default="", **options)
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        return super()._deserialize(value, attr, data, **options).strip()[: self.most]


class RowReference(fields.Field[int]):
    """The number of a row; a text that can be none names nothing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(load_default=None, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> int:
        try:
            return row_numbers.read_number(str(value))
        except ValueError:
            raise self.make_error("validator_failed") from None
