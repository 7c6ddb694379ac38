"""Why an upload cannot be taken, and why a template makes no document."""

from __future__ import annotations

from translations import gettext


class UnfitUpload(ValueError):
    """An upload that cannot be taken; the message tells its owner, in Chinese, what to do about it."""

    @property
    def sentence(self) -> str:
        """The sentence for the person who uploaded."""
        return str(self.args[0])


class UnfitTemplate(ValueError):
    """A template that makes no document: wrong, endless or too large."""

    def __init__(self, file: str, reason: str, *, line: int | None = None) -> None:
        super().__init__(file, reason, line)
        self.file, self.reason, self.line = file, reason, line

    @property
    def sentence(self) -> str:
        """The sentence for whoever wrote it, or asked for the document."""
        if self.line is None:
            return gettext("文件 %(file)s 不能排版：%(reason)s。", file=self.file, reason=self.reason)
        return gettext(
            "文件 %(file)s 第 %(line)s 行不能排版：%(reason)s。",
            file=self.file,
            line=self.line,
            reason=self.reason,
        )

    def __str__(self) -> str:
        return self.sentence
