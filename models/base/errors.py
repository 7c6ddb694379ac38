"""What can be refused; each class carries its code and the sentence that people see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from translations import lazy_gettext


class DomainError(Exception):
    """An act that is refused; `sentence` tells the person who tried why."""

    code = "refused"
    status = 409
    sentence: str = lazy_gettext("操作无法完成。")
    field = ""  # the question of a form that the refusal is about, whichever form it is

    def __init__(self, sentence: str | None = None) -> None:
        # In the language of whoever tried: a refusal is raised where the act is tried.
        self.sentence = str(sentence or type(self).sentence)
        super().__init__(self.sentence)


class NotFound(DomainError):
    """Something that is not there, or not for this person."""

    code = "not_found"
    status = 404
    sentence = lazy_gettext("没有找到您要的内容，可能已被删除，或者地址有误。")


class NotAllowed(DomainError):
    """An act that this person has no right to."""

    code = "not_allowed"
    status = 403
    sentence = lazy_gettext("您没有办理此事项的权限。")


class NotClaimed(DomainError):
    """A task that its answerer has not claimed."""

    code = "not_claimed"
    sentence = lazy_gettext("请先领取这件任务，再提交办理结果。")


class AlreadyClaimed(DomainError):
    """A task that somebody else holds."""

    code = "already_claimed"
    sentence = lazy_gettext("这件任务已由他人领取。")


class AlreadyDone(DomainError):
    """A task that is finished."""

    code = "already_done"
    sentence = lazy_gettext("这件任务已经办结，没有重复提交。")


class Withdrawn(AlreadyDone):
    """A task that the process has taken away."""

    sentence = lazy_gettext("流程已经前进，这件任务已撤销；已填写的内容仍可查看。")


class SeparationOfDuties(NotAllowed):
    """A task that must not be done by whoever did an earlier one."""

    code = "not_allowed"
    sentence = lazy_gettext("同一案件须由不同人员办理，您已办理过前一环节。")


class NothingWaiting(DomainError):
    """A message that no instance waits for."""

    code = "nothing_waiting"
    sentence = lazy_gettext("该申请目前不在等待这一事项，页面内容可能已经过时，请刷新后再试。")


class Changed(DomainError):
    """Something that another person changed meanwhile."""

    code = "changed"
    sentence = lazy_gettext("内容已被他人更改，请核对后再提交。")


class Invalid(DomainError):
    """Answers that are refused, with sentences by field."""

    code = "invalid"
    status = 422
    sentence = lazy_gettext("填写的内容有误，请按提示修改。")

    def __init__(self, fields: Mapping[str, Sequence[str]], sentence: str | None = None) -> None:
        super().__init__(sentence)
        self.fields = {name: [str(one) for one in messages] for name, messages in fields.items()}
