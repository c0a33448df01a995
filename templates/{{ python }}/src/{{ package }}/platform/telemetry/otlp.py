"""The spans of requests in OTLP (opentelemetry-proto, `trace/v1/trace.proto`), without an object for each field.

Made one by one as protobuf's objects, the fields of a span cost as much as the request it tells of. But the same
attributes come again and again, and the rest is mostly of a fixed size. A field is its number and wire type, then the
length of its content where that varies, then the content (Protocol Buffers, "Encoding").
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from struct import Struct

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.util.types import AttributeValue

from .span import RequestSpan

# trace_id (1), span_id (2) and kind (6); start_time_unix_nano (7), end_time_unix_nano (8), status (15) and flags (16).
_IDS_AND_KIND = Struct(">2sQQ2sQ2s")
_TIMES = Struct("<cQcQ2s2sI")
_SERVER = b"\x30\x02"
_UNSET = b"\x7a\x00"
_HAS_IS_REMOTE, _IS_REMOTE = 0x100, 0x200


class SpanExporter(OTLPSpanExporter):
    """The SDK's exporter; the spans of requests are encoded here, all others by the SDK."""

    def export(self, spans: Sequence[ReadableSpan | RequestSpan]) -> SpanExportResult:
        requests = [span for span in spans if isinstance(span, RequestSpan)]
        others = [span for span in spans if not isinstance(span, RequestSpan)]
        if not requests:
            return super().export(others)
        # Messages put after one another are one message (Protocol Buffers, "Encoding", "Last One Wins").
        message = encode(requests) + encode_spans(others).SerializeToString()
        # The SDK's exporter has no place for another encoder; its client is what sends.
        return SpanExportResult.SUCCESS if self._client.export(message).success else SpanExportResult.FAILURE


def encode(spans: Sequence[RequestSpan]) -> bytes:
    """An `ExportTraceServiceRequest` with these spans, which are all of one tracer."""
    [model] = encode_spans(spans[:1]).resource_spans  # type: ignore[arg-type]
    scope = _field(1, model.scope_spans[0].scope.SerializeToString())
    scope_spans = _field(2, scope + b"".join([_field(2, _span(span)) for span in spans]))
    return _field(1, _field(1, model.resource.SerializeToString()) + scope_spans)


def _span(span: RequestSpan) -> bytes:
    context, parent = span.context, span.parent
    trace_id, flags = context.trace_id, _HAS_IS_REMOTE
    parts = [
        _IDS_AND_KIND.pack(
            b"\x0a\x10", trace_id >> 64, trace_id & 0xFFFF_FFFF_FFFF_FFFF, b"\x12\x08", context.span_id, _SERVER
        )
    ]
    if context.trace_state:
        parts.append(_field(3, context.trace_state.to_header().encode()))
    if parent is not None:
        parts.append(b"\x22\x08" + parent.span_id.to_bytes(8))
        if parent.is_remote:
            flags |= _IS_REMOTE
    parts.append(_text(5, span.name))
    parts += [_attribute(name, value) for name, value in span.attributes.items()]
    parts.append(_TIMES.pack(b"\x39", span.start_time, b"\x41", span.end_time, _UNSET, b"\x85\x01", flags))
    return b"".join(parts)


@lru_cache(maxsize=4096, typed=True)
def _attribute(name: str, value: AttributeValue) -> bytes:
    """A `KeyValue`, as field 9 of a span."""
    if isinstance(value, str):
        content = _text(1, value)
    elif isinstance(value, bool):
        content = b"\x10\x01" if value else b"\x10\x00"
    elif isinstance(value, int):
        content = b"\x18" + _varint(value & 0xFFFF_FFFF_FFFF_FFFF)
    else:
        raise TypeError(f"{name} is a {type(value).__name__}")
    return _field(9, _text(1, name) + _field(2, content))


@lru_cache(maxsize=1024)
def _text(number: int, text: str) -> bytes:
    return _field(number, text.encode("utf-8", "replace"))


def _field(number: int, content: bytes) -> bytes:
    """A field of a varying length; `number` is below 16."""
    return bytes((number << 3 | 2,)) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    if value < 0x80:
        return bytes((value,))
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
