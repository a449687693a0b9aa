"""Tells a collector of OpenTelemetry traces what belongs together. Imported only where an address of one is set.

Ids are made from the house's own: a trace is a correlation id, the span in which an event was said is half of the
event's id. So nothing travels beside an event, and every process finds the same parent.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from uuid import UUID

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from kasane_kit.traces import Fact, Note, Origin, Traces

MOST_LINKS = 64
SLOW_SECONDS = 0.001
_NAMES = {
    "method": "http.request.method",
    "status": "http.response.status_code",
    "error": "error.type",
}

_wanted: ContextVar[tuple[int, int]] = ContextVar("kasane_wanted_ids", default=(0, 0))


def open_traces(endpoint: str, target: str) -> Traces:
    """Tells the collector at this address, in the background; while it is away, spans are lost and nothing waits."""
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    return TracesOfHouse(BatchSpanProcessor(exporter), target)


class TracesOfHouse(Traces):
    """Spans of one process, given to a processor of the SDK."""

    def __init__(self, processor: SpanProcessor, target: str = "all") -> None:
        self._provider = TracerProvider(
            sampler=ALWAYS_ON,
            resource=Resource.create({"service.name": f"kasane-{target}"}),
            id_generator=_HouseIds(),
        )
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("kasane")

    @contextmanager
    def span(
        self,
        name: str,
        kind: str = "internal",
        *,
        origin: Origin | None = None,
        links: Iterable[Origin] = (),
        caller: str = "",
        **facts: Fact,
    ) -> Iterator[Note]:
        """As Traces says; an error leaves its class behind and never its words."""
        parent = Context()
        if origin is not None and origin.event_id:
            parent = trace.set_span_in_context(NonRecordingSpan(_place_of(origin)), parent)
        linked = [Link(_place_of(one)) for one in islice(links, MOST_LINKS)] + _links_to(caller)
        with _ids(trace_of(origin.correlation_id) if origin is not None else 0):
            span = self._tracer.start_span(
                name,
                parent,
                SpanKind[kind.upper()],
                _attributes(facts),
                linked,
                record_exception=False,
                set_status_on_exception=False,
            )
        with trace.use_span(
            span, end_on_exit=True, record_exception=False, set_status_on_exception=False
        ):
            try:
                yield lambda **more: _note(span, more)
            except BaseException as error:
                _note(span, {"error": type(error).__name__})
                raise

    def said(self, name: str, origin: Origin, **facts: Fact) -> Callable[[], None]:
        """As Traces says; a span that is never ended is never told."""
        trace_id = trace_of(origin.correlation_id)
        around = trace.get_current_span()
        place = around.get_span_context()
        inside = place.is_valid and place.trace_id == trace_id
        parent = trace.set_span_in_context(around, Context()) if inside else Context()
        links = [Link(place)] if place.is_valid and not inside else []
        with _ids(trace_id, span_of(origin.event_id)):
            span = self._tracer.start_span(
                name, parent, SpanKind.PRODUCER, _attributes(facts), links
            )
        return span.end

    def answered(self, name: str, seconds: float, **facts: Fact) -> None:
        """As Traces says."""
        if seconds > SLOW_SECONDS:
            microseconds = int(seconds * 1_000_000)
            trace.get_current_span().add_event(
                name, _attributes({**facts, "microseconds": microseconds})
            )


def trace_of(correlation_id: str) -> int:
    """The 128 bits of an id of the house; those of its digest where it is no UUID."""
    try:
        bits = UUID(correlation_id).int
    except ValueError:
        bits = 0
    digest = hashlib.blake2b(correlation_id.encode(), digest_size=16).digest()
    return bits or int.from_bytes(digest)


def span_of(event_id: str) -> int:
    """The lower, random half of an event's id."""
    return trace_of(event_id) & (1 << 64) - 1 or 1


def _place_of(origin: Origin) -> SpanContext:
    return SpanContext(
        trace_of(origin.correlation_id),
        span_of(origin.event_id),
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )


def _links_to(caller: str) -> list[Link]:
    """What a stranger sends may be looked up beside our trace, and chooses none of its ids."""
    if not caller:
        return []
    context = TraceContextTextMapPropagator().extract({"traceparent": caller}, Context())
    place = trace.get_current_span(context).get_span_context()
    return [Link(place)] if place.is_valid else []


def _attributes(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    return {_NAMES.get(name, f"kasane.{name}"): fact for name, fact in facts.items()}


def _note(span: Span, facts: Mapping[str, Fact]) -> None:
    span.set_attributes(_attributes(facts))
    if "error" in facts or int(facts.get("status", 0)) >= 500:
        span.set_status(trace.StatusCode.ERROR)


@contextmanager
def _ids(trace_id: int, span_id: int = 0) -> Iterator[None]:
    """The next span takes these ids instead of random ones, where they are not 0."""
    token = _wanted.set((trace_id, span_id))
    try:
        yield
    finally:
        _wanted.reset(token)


class _HouseIds(RandomIdGenerator):
    def generate_trace_id(self) -> int:
        return _wanted.get()[0] or super().generate_trace_id()

    def generate_span_id(self) -> int:
        return _wanted.get()[1] or super().generate_span_id()
