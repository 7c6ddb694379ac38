"""Why an upload cannot be taken."""

from __future__ import annotations


class UnfitUpload(ValueError):
    """An upload that cannot be taken; the message tells its owner, in Chinese, what to do about it."""

    @property
    def sentence(self) -> str:
        """The sentence for the person who uploaded."""
        return str(self.args[0])
