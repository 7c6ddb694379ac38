"""How answers in JSON say sentences: in the language of whoever asks, as pages do."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.json.provider import DefaultJSONProvider

from translations import plain_texts


class SayingJSONProvider(DefaultJSONProvider):
    """Flask's own, which says the sentences in what it writes; the encoder would write their sources."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """Write a value as JSON."""
        return super().dumps(plain_texts(obj), **kwargs)


def install(app: Flask) -> None:
    """Let the app write its answers so."""
    app.json = SayingJSONProvider(app)
