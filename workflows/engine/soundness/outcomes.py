"""How activities may end: by themselves, by what happens to them, by what is thrown within them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.engine.soundness.nets import Attached, Node, Thrown


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """How a scope may end, as the activity sees it that it belongs to."""

    completes: bool = True
    thrown: frozenset[Thrown] = frozenset()


UNKNOWN = Outcomes(thrown=frozenset({Thrown(kind="error"), Thrown(kind="escalation")}))


class Insides:
    """What is known of the scopes that activities hold or call."""

    def __init__(self, known: Mapping[str, Outcomes]) -> None:
        self.known = known

    def outcomes_of(self, node: Node) -> Outcomes:
        """How what an activity holds may end."""
        if node.inner is None:
            return Outcomes(thrown=frozenset(node.throws))
        return self.known.get(node.inner, UNKNOWN)

    def can_complete(self, node: Node) -> bool:
        """Whether an activity may come to its own end; a cancellation that nobody hears is one."""
        outcomes = self.outcomes_of(node)
        return outcomes.completes or any(one.kind == "cancel" for one in self.list_uncaught(node))

    def may_happen(self, event: Attached, host: Node) -> bool:
        """Whether what a boundary event waits for may come."""
        caught = event.caught
        return caught is None or any(one.may_be_heard_by(caught) for one in self.outcomes_of(host).thrown)

    def list_uncaught(self, node: Node) -> list[Thrown]:
        """What travels on outward from an activity."""
        heard = [event.caught for event in node.attached if event.caught is not None]
        return [
            one for one in self.outcomes_of(node).thrown if not any(one.is_heard_by(other) for other in heard)
        ]

    def list_breaking(self, node: Node) -> list[Thrown]:
        """Errors that end the scope around an activity, as its designer meant it.

        What an operation refuses, with a code that no diagram names, is not one: it ends nothing.
        """
        errors = (one for one in self.list_uncaught(node) if one.kind == "error")
        return [one for one in errors if one.code is not None and node.inner is not None]

    def is_plain(self, node: Node) -> bool:
        """Whether an activity does nothing but come to its own end."""
        return not node.attached and self.can_complete(node) and not self.list_breaking(node)
