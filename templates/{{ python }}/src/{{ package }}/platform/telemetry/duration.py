"""`http.server.request.duration`, counted in few steps and read by the SDK's readers together with all other metrics.

Recording in an instrument of the SDK takes a fifth of a request of bare FastAPI for each reader, mostly to find the
series by its attributes. Here the series of requests that end alike is made once.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from dataclasses import replace
from time import time_ns

from opentelemetry.metrics import Histogram, Meter
from opentelemetry.sdk.metrics import Exemplar
from opentelemetry.sdk.metrics import export as sdk
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.semconv.metrics.http_metrics import HTTP_SERVER_REQUEST_DURATION
from opentelemetry.trace import SpanContext
from opentelemetry.util.types import AttributeValue

# The bounds that the semantic conventions give, in seconds.
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
_UNIT, _DESCRIPTION = "s", "Duration of HTTP server requests."
_OTHER_FORMS = (
    "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
    "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
)


def counts_here() -> bool:
    """Whether the metric has its usual form: cumulative, with explicit bounds. Others are left to the SDK."""
    return not any(os.environ.get(variable) for variable in _OTHER_FORMS)


class Series:
    """The requests that ended alike: their number by duration, and the last sampled one of each bucket."""

    def __init__(self, attributes: dict[str, AttributeValue], instrument: Histogram | None) -> None:
        self.attributes = attributes
        self._instrument = instrument
        self._counts = [0] * (len(BOUNDS) + 1)
        self._samples: list[tuple[float, int, SpanContext] | None] = [None] * (len(BOUNDS) + 1)
        self._sum = self._max = 0.0
        self._min = float("inf")

    def record(self, seconds: float, span: SpanContext) -> None:
        if self._instrument is not None:
            self._instrument.record(seconds, self.attributes)
            return
        bucket = bisect_left(BOUNDS, seconds)
        self._counts[bucket] += 1
        self._sum += seconds
        if seconds < self._min:
            self._min = seconds
        if seconds > self._max:
            self._max = seconds
        if span.trace_flags.sampled:
            self._samples[bucket] = (seconds, time_ns(), span)

    def point(self, began: int) -> sdk.HistogramDataPoint:
        counts, samples = list(self._counts), filter(None, list(self._samples))
        exemplars = [Exemplar({}, seconds, time, span.span_id, span.trace_id) for seconds, time, span in samples]
        figures = (self._sum, counts, BOUNDS, self._min, self._max)
        return sdk.HistogramDataPoint(self.attributes, began, time_ns(), sum(counts), *figures, exemplars)


class Durations:
    """All series of the process."""

    def __init__(self, scope: str, meter: Meter | None = None) -> None:
        """With a `meter`, an instrument of it counts."""
        self._scope = InstrumentationScope(scope)
        self._instrument: Histogram | None = None
        if meter is not None:
            self._instrument = meter.create_histogram(
                HTTP_SERVER_REQUEST_DURATION, _UNIT, _DESCRIPTION, explicit_bucket_boundaries_advisory=BOUNDS
            )
        self._series: dict[tuple[str | int | None, ...], Series] = {}
        self._began = time_ns()

    def series(
        self, method: str, scheme: str, version: str, route: str | None, status: int | None, error_type: str | None
    ) -> Series:
        """The series of the requests that are alike in all of this."""
        key = (method, scheme, version, route, status, error_type)
        found = self._series.get(key)
        if found is None:
            attributes: dict[str, AttributeValue] = {
                "http.request.method": method,
                "url.scheme": scheme,
                "network.protocol.version": version,
            }
            if route is not None:
                attributes["http.route"] = route
            if status is not None:
                attributes["http.response.status_code"] = status
            if error_type is not None:
                attributes["error.type"] = error_type
            found = self._series[key] = Series(attributes, self._instrument)
        return found

    def added_to(self, data: sdk.MetricsData) -> sdk.MetricsData:
        """What a reader collected from the SDK, with this metric."""
        points = [series.point(self._began) for series in list(self._series.values())]
        if self._instrument is not None or not points:
            return data
        histogram = sdk.Histogram(points, sdk.AggregationTemporality.CUMULATIVE)
        metric = sdk.Metric(HTTP_SERVER_REQUEST_DURATION, _DESCRIPTION, _UNIT, histogram)
        first, *others = data.resource_metrics
        scopes = [*first.scope_metrics, sdk.ScopeMetrics(self._scope, [metric], "")]
        return sdk.MetricsData([replace(first, scope_metrics=scopes), *others])
