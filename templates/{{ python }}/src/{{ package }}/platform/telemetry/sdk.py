"""The OpenTelemetry SDK as the OTEL_* variables ask for it.

Nothing is exported unless OTEL_EXPORTER_OTLP_ENDPOINT (or the signal's own variable) names a collector or
OTEL_TRACES_EXPORTER / OTEL_METRICS_EXPORTER an exporter. Samplers, limits, batch sizes and the exporter's headers
and timeouts are read by the SDK itself.
"""

from __future__ import annotations

import os
import threading
import time
from typing import Any

import anyio.to_thread
from opentelemetry import metrics, propagate, trace
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.metrics import CallbackOptions, Meter, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import (
    ConsoleMetricExporter,
    MetricReader,
    MetricsData,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import REGISTRY, generate_latest

from .duration import Durations, counts_here
from .otlp import SpanExporter

_FLUSH_SECONDS = 2.0
_STARTED = time.monotonic()
_durations: Durations | None = None


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

    readers: list[MetricReader] = [_PrometheusReader(scope_info_enabled=False)]
    match _exporter("METRICS"):
        case "otlp":
            readers.append(_PeriodicReader(OTLPMetricExporter()))
        case "console":
            readers.append(_PeriodicReader(ConsoleMetricExporter()))

    trace.set_tracer_provider(tracer_provider)
    meter_provider = MeterProvider(readers, resource=resource, shutdown_on_exit=False)
    metrics.set_meter_provider(meter_provider)
    _count(meter_provider.get_meter(__name__))
    # Baggage is left out: it would carry a caller's data to every supplier.
    propagate.set_global_textmap(TraceContextTextMapPropagator())


def durations() -> Durations | None:
    """What counts the requests; None where `configure` did not install the providers."""
    return _durations


def _count(meter: Meter) -> None:
    global _durations
    _durations = Durations(__name__) if counts_here() else Durations(__name__, meter)
    # Also what makes the readers read: they pass nothing on as long as the SDK itself has nothing.
    meter.create_observable_gauge("process.uptime", [_uptime], "s", "The time the process has been running.")


def _uptime(_: CallbackOptions) -> list[Observation]:
    return [Observation(time.monotonic() - _STARTED)]


class _PrometheusReader(PrometheusMetricReader):
    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        """Nothing: it is asked. What is collected unasked would be added to the next answer."""
        return True

    def _receive_metrics(self, metrics_data: MetricsData, timeout_millis: float = 10_000, **options: Any) -> None:
        super()._receive_metrics(_completed(metrics_data), timeout_millis, **options)


class _PeriodicReader(PeriodicExportingMetricReader):
    def _receive_metrics(self, metrics_data: MetricsData, timeout_millis: float = 10_000, **options: Any) -> None:
        super()._receive_metrics(_completed(metrics_data), timeout_millis, **options)


def _completed(collected: MetricsData) -> MetricsData:
    return collected if _durations is None else _durations.added_to(collected)


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
