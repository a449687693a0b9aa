"""What the house tells a collector of traces. Here nothing is told; the runtime brings who tells it."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

Fact = str | int
Note = Callable[..., None]


@dataclass(frozen=True)
class Origin:
    """Where a piece of work comes from: the thread it belongs to and, unless it is the first, the event heard."""

    correlation_id: str
    event_id: str = ""


class Traces:
    """Tells nothing, and costs next to nothing.

    A fact is a service, a town's code, an endpoint, a type of event, a plugin or a number: nothing of a person.
    """

    def span(
        self,
        name: str,
        kind: str = "internal",
        *,
        origin: Origin | None = None,
        links: Iterable[Origin] = (),
        caller: str = "",
        **facts: Fact,
    ) -> AbstractContextManager[Note]:
        """The time of one piece of work; what is learned of it later is given to the function it yields.

        Without an origin it begins a story of its own. ``links`` are looked at only by who tells. ``caller`` is the
        ``traceparent`` that somebody outside sent.
        """
        return _NOTHING

    def said(self, name: str, origin: Origin, **facts: Fact) -> Callable[[], None]:
        """An event was said in the open piece of work; call what is returned once that is committed."""
        return _ignore

    def answered(self, name: str, seconds: float, **facts: Fact) -> None:
        """Somebody asked in the open piece of work answered; told when it took long."""


def _ignore(**_facts: Fact) -> None:
    return None


_NOTHING: AbstractContextManager[Note] = nullcontext(_ignore)
