"""What can be refused. The docstring of a class is the sentence that people see."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence


class DomainError(Exception):
    """操作无法完成。"""

    code = "refused"
    status = 409

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or inspect.getdoc(type(self)) or "")

    @property
    def sentence(self) -> str:
        """The sentence for the person who tried."""
        return str(self.args[0])


class NotFound(DomainError):
    """没有找到您要的内容，可能已被删除，或者地址有误。"""

    code = "not_found"
    status = 404


class NotAllowed(DomainError):
    """您没有办理此事项的权限。"""

    code = "not_allowed"
    status = 403


class NotClaimed(DomainError):
    """请先领取这件任务，再提交办理结果。"""

    code = "not_claimed"


class AlreadyClaimed(DomainError):
    """这件任务已由他人领取。"""

    code = "already_claimed"


class AlreadyDone(DomainError):
    """这件任务已经办结，没有重复提交。"""

    code = "already_done"


class Withdrawn(AlreadyDone):
    """流程已经前进，这件任务已撤销；已填写的内容仍可查看。"""


class SeparationOfDuties(NotAllowed):
    """同一案件须由不同人员办理，您已办理过前一环节。"""

    code = "not_allowed"


class NothingWaiting(DomainError):
    """该申请目前不在等待这一事项，页面内容可能已经过时，请刷新后再试。"""

    code = "nothing_waiting"


class Changed(DomainError):
    """内容已被他人更改，请核对后再提交。"""

    code = "changed"


class Invalid(DomainError):
    """填写的内容有误，请按提示修改。"""

    code = "invalid"
    status = 422

    def __init__(self, fields: Mapping[str, Sequence[str]], sentence: str | None = None) -> None:
        super().__init__(sentence)
        self.fields = {name: list(messages) for name, messages in fields.items()}
