"""The OpenTelemetry SDK as the OTEL_* variables ask for it.

Nothing is exported unless OTEL_EXPORTER_OTLP_ENDPOINT (or the signal's own variable) names a collector or
OTEL_TRACES_EXPORTER / OTEL_METRICS_EXPORTER an exporter. Samplers, limits, batch sizes and the exporter's headers
and timeouts are read by the SDK itself.
"""

from __future__ import annotations

import os
import threading

import anyio.to_thread
from opentelemetry import metrics, propagate, trace
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import ConsoleMetricExporter, MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import REGISTRY, generate_latest

from .otlp import SpanExporter

_FLUSH_SECONDS = 2.0


def configure(service_name: str, service_version: str) -> None:
    """Installs the tracer and meter providers, once for the process.

    OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES go before the arguments. Raises ValueError for an exporter that
    is not known; the message names the variable.
    """
    if isinstance(trace.get_tracer_provider(), TracerProvider):
        return
    resource = Resource({SERVICE_VERSION: service_version}).merge(Resource.create())
    if str(resource.attributes[SERVICE_NAME]).startswith("unknown_service"):
        resource = resource.merge(Resource({SERVICE_NAME: service_name}))

    tracer_provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    match _exporter("TRACES"):
        case "otlp":
            # Its own thread sends what a bounded queue holds and drops the rest: a dead collector delays nobody.
            tracer_provider.add_span_processor(BatchSpanProcessor(SpanExporter()))
        case "console":
            tracer_provider.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter()))

    readers: list[MetricReader] = [PrometheusMetricReader(scope_info_enabled=False)]
    match _exporter("METRICS"):
        case "otlp":
            readers.append(PeriodicExportingMetricReader(OTLPMetricExporter()))
        case "console":
            readers.append(PeriodicExportingMetricReader(ConsoleMetricExporter()))

    trace.set_tracer_provider(tracer_provider)
    metrics.set_meter_provider(MeterProvider(readers, resource=resource, shutdown_on_exit=False))
    # Baggage is left out: it would carry a caller's data to every supplier.
    propagate.set_global_textmap(TraceContextTextMapPropagator())


async def flush() -> None:
    """Sends what is left, for two seconds at most: a collector that is down must not hold the process."""

    def send() -> None:
        for provider in (trace.get_tracer_provider(), metrics.get_meter_provider()):
            if isinstance(provider, TracerProvider | MeterProvider):
                provider.force_flush()

    thread = threading.Thread(target=send, name="telemetry-flush", daemon=True)
    thread.start()
    await anyio.to_thread.run_sync(thread.join, _FLUSH_SECONDS)


def metrics_text() -> bytes:
    """All metrics of the process in the Prometheus text format 0.0.4."""
    return generate_latest(REGISTRY)


def _exporter(signal: str) -> str:
    endpoints = (os.environ.get(f"OTEL_EXPORTER_OTLP_{part}ENDPOINT") for part in ("", f"{signal}_"))
    variable = f"OTEL_{signal}_EXPORTER"
    exporter = os.environ.get(variable) or ("otlp" if any(endpoints) else "none")
    if exporter not in {"otlp", "console", "none"}:
        raise ValueError(f"{variable} must be otlp, console or none")
    return exporter
