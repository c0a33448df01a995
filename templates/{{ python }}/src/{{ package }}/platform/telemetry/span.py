"""The span of a request: the SDK's own, but only where somebody does more with it than the platform does.

A span of the SDK costs as much as half a request of bare FastAPI. What the platform itself records is known to be
well-formed and within the limits, so it is kept as it is; the first use of anything else that OpenTelemetry's API or
the SDK offers turns the span into one of the SDK's, which has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import time_ns
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk import trace as sdk
from opentelemetry.sdk.trace import sampling
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.util.types import Attributes, AttributeValue

_UNSET = Status(StatusCode.UNSET)
_NOT_SAMPLED, _SAMPLED = TraceFlags(TraceFlags.DEFAULT), TraceFlags(TraceFlags.SAMPLED)
_MOST_ATTRIBUTES = 16


class RequestTracer:
    """Starts the spans of requests, by the sampler, the resource and the processors of an SDK's tracer."""

    def __init__(self, tracer: sdk.Tracer, scope: str) -> None:
        self.scope = InstrumentationScope(scope)
        self.limits = sdk.SpanLimits()
        self._tracer = tracer
        self._random = TraceFlags.RANDOM_TRACE_ID if tracer.id_generator.is_trace_id_random() else 0
        most, longest = self.limits.max_span_attributes, self.limits.max_span_attribute_length
        self._limited = longest is not None or (most is not None and most < _MOST_ATTRIBUTES)

    def start(self, name: str, parent: Context, attributes: dict[str, AttributeValue]) -> trace.Span:
        """A SERVER span, which records where the sampler says so."""
        tracer = self._tracer
        caller: SpanContext | None = trace.get_current_span(parent).get_span_context()
        if caller is not None and caller.is_valid:
            trace_id, random = caller.trace_id, caller.trace_flags & TraceFlags.RANDOM_TRACE_ID
        else:
            caller, trace_id, random = None, tracer.id_generator.generate_trace_id(), self._random
        if tracer.sampler is sampling.DEFAULT_ON:  # what it says is known, and saying it takes time
            recording = sampled = caller is None or caller.trace_flags.sampled
            state = caller.trace_state if caller is not None else None
        else:
            result = tracer.sampler.should_sample(parent, trace_id, name, SpanKind.SERVER, attributes)
            recording = result.decision is not sampling.Decision.DROP
            sampled = result.decision is sampling.Decision.RECORD_AND_SAMPLE
            attributes, state = dict(result.attributes or {}), result.trace_state
        flags = TraceFlags((_SAMPLED if sampled else _NOT_SAMPLED) | random)
        context = SpanContext(trace_id, tracer.id_generator.generate_span_id(), False, flags, state)
        if not recording:
            return NonRecordingSpan(context)
        span = RequestSpan(self, name, context, caller, attributes)
        if self._limited:
            span.full()
        tracer.span_processor.on_start(span, parent)  # type: ignore[arg-type]
        return span

    def full(self, span: RequestSpan) -> sdk.Span:
        """The same as a span of the SDK."""
        tracer = self._tracer
        full = _FullSpan(
            span.name,
            span.context,
            span.parent,
            tracer.sampler,
            resource=tracer.resource,
            attributes=span.attributes,
            kind=SpanKind.SERVER,
            limits=self.limits,
            instrumentation_scope=self.scope,
        )
        full.start(span.start_time)
        return full

    def end(self, span: RequestSpan | sdk.Span) -> None:
        """Hand an ended span to the processors."""
        self._tracer.span_processor.on_end(span)  # type: ignore[arg-type]

    @property
    def resource(self) -> Any:
        return self._tracer.resource


class _FullSpan(sdk.Span):
    """The SDK lets only its own tracer make instances of its class, but anybody those of a subclass."""


class RequestSpan(trace.Span):
    """The SERVER span of a request, readable as `opentelemetry.sdk.trace.ReadableSpan` is."""

    kind = SpanKind.SERVER
    status = _UNSET
    events: Sequence[sdk.Event] = ()
    links: Sequence[trace.Link] = ()
    dropped_attributes = dropped_events = dropped_links = 0

    def __init__(
        self,
        tracer: RequestTracer,
        name: str,
        context: SpanContext,
        parent: SpanContext | None,
        attributes: dict[str, AttributeValue],
    ) -> None:
        self._tracer = tracer
        self._full: sdk.Span | None = None
        self.name = name
        self.context = context
        self.parent = parent
        self.attributes = attributes
        self.start_time = time_ns()
        self.end_time: int | None = None

    def full(self) -> sdk.Span:
        """This span as one of the SDK, which from now on receives all that is said to this one."""
        if self._full is None:
            self._full = self._tracer.full(self)
            if self.end_time is not None:
                self._full.end(self.end_time)
        return self._full

    def finish(self, name: str, attributes: dict[str, AttributeValue], *, failed: bool) -> None:
        """End with the name and the attributes that are known only now."""
        self.name = name
        if self._full is not None or failed:
            full = self.full()
            full.update_name(name)
            full.set_attributes(attributes)
            if failed:
                full.set_status(StatusCode.ERROR)
        else:
            self.attributes |= attributes
        self.end()

    def end(self, end_time: int | None = None) -> None:
        if self.end_time is not None:
            return
        self.end_time = end_time or time_ns()
        if self._full is not None:
            self._full.end(self.end_time)
        self._tracer.end(self._full or self)

    def get_span_context(self) -> SpanContext:
        return self.context

    def is_recording(self) -> bool:
        return self.end_time is None

    @property
    def resource(self) -> Any:
        return self._tracer.resource

    @property
    def instrumentation_scope(self) -> InstrumentationScope:
        return self._tracer.scope

    def __getattr__(self, name: str) -> Any:
        return getattr(self.full(), name)

    def set_attribute(self, key: str, value: Any) -> None:
        self.full().set_attribute(key, value)

    def set_attributes(self, attributes: Any) -> None:
        self.full().set_attributes(attributes)

    def add_event(self, name: str, attributes: Attributes = None, timestamp: int | None = None) -> None:
        self.full().add_event(name, attributes, timestamp)

    def add_link(self, context: SpanContext, attributes: Attributes = None) -> None:
        self.full().add_link(context, attributes)

    def update_name(self, name: str) -> None:
        self.full().update_name(name)

    def set_status(self, status: Status | StatusCode, description: str | None = None) -> None:
        self.full().set_status(status, description)

    def record_exception(
        self,
        exception: BaseException,
        attributes: Attributes = None,
        timestamp: int | None = None,
        escaped: bool = False,
    ) -> None:
        self.full().record_exception(exception, attributes, timestamp, escaped)
