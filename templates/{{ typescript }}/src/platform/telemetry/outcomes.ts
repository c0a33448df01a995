/**
 * How requests end: what the spans and the measurements of those that end alike have in common.
 *
 * `http.server.request.duration` is counted here, and read by the SDK's readers together with all other metrics. An
 * instrument of the SDK would hash the attributes of each request, once for each reader.
 */

import { type Attributes, type Histogram, type HrTime, type Meter, ValueType } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import {
    AggregationTemporality,
    type CollectionResult,
    DataPointType,
    type HistogramMetricData,
    type MetricProducer,
} from "@opentelemetry/sdk-metrics";
import { hrTime, microseconds } from "./clock.ts";
import { BOUNDS } from "./durations.ts";
import type { RequestRecord } from "./record.ts";

export const SCOPE = { name: "platform.requests" };
const NAME = "http.server.request.duration";
const UNIT = "s";
const DESCRIPTION = "Duration of HTTP server requests.";
/** As many series as the SDK has of an instrument; the others are counted together, as it does. */
const MOST_SERIES = 2000;

/** One way to end. */
export class Outcome {
    readonly name: string;
    readonly attributes: Attributes;
    /** The conventions call only the server's own faults errors. */
    readonly isError: boolean;
    readonly #durations: Pick<Histogram, "record">;

    constructor(name: string, attributes: Attributes, durations: Pick<Histogram, "record">) {
        this.name = name;
        this.attributes = attributes;
        this.isError = attributes["error.type"] !== undefined;
        this.#durations = durations;
    }

    record(seconds: number): void {
        this.#durations.record(seconds, this.attributes);
    }
}

/** All ways to end that there were. */
export class Outcomes implements MetricProducer {
    readonly #resource: Resource;
    readonly #outcomes = new Map<string, Outcome>();
    readonly #series: Series[] = [];
    #instrument: Histogram | undefined;

    constructor(resource: Resource) {
        this.#resource = resource;
    }

    /** Leave the counting to an instrument of the SDK, which knows other forms than cumulative ones. */
    countedBy(meter: Meter): void {
        this.#instrument = meter.createHistogram(NAME, {
            unit: UNIT,
            description: DESCRIPTION,
            advice: { explicitBucketBoundaries: BOUNDS },
        });
    }

    /** `status` is undefined where the caller went away before it was told one. */
    of(
        method: string,
        scheme: string,
        version: string,
        status: number | undefined,
        { route, errorType }: RequestRecord,
    ): Outcome {
        const error = status === undefined || status >= 500 ? (errorType ?? String(status ?? "aborted")) : undefined;
        const key = `${method} ${scheme} ${version} ${status} ${error} ${route}`;
        const known = this.#outcomes.get(key);
        if (known !== undefined) {
            return known;
        }
        const attributes = {
            "http.request.method": method,
            "url.scheme": scheme,
            "network.protocol.version": version,
            ...(route !== undefined && { "http.route": route }),
            ...(status !== undefined && { "http.response.status_code": status }),
            ...(error !== undefined && { "error.type": error }),
        };
        const name = route === undefined ? method : `${method} ${route}`;
        const made = new Outcome(name, attributes, this.#durations(attributes));
        if (this.#outcomes.size < MOST_SERIES) {
            this.#outcomes.set(key, made);
        }
        return made;
    }

    #durations(attributes: Attributes): Pick<Histogram, "record"> {
        if (this.#instrument !== undefined) {
            return this.#instrument;
        }
        if (this.#series.length === MOST_SERIES) {
            return this.#series[MOST_SERIES - 1] as Series;
        }
        const isLast = this.#series.length === MOST_SERIES - 1;
        const series = new Series(isLast ? { "otel.metric.overflow": true } : attributes);
        this.#series.push(series);
        return series;
    }

    /** What the readers read. */
    collect(): Promise<CollectionResult> {
        const endTime = now();
        const metric: HistogramMetricData = {
            descriptor: { name: NAME, description: DESCRIPTION, unit: UNIT, valueType: ValueType.DOUBLE },
            aggregationTemporality: AggregationTemporality.CUMULATIVE,
            dataPointType: DataPointType.HISTOGRAM,
            dataPoints: this.#series.map(({ attributes, startTime, value }) => ({
                attributes,
                startTime,
                endTime,
                value,
            })),
        };
        const scopeMetrics = this.#series.length === 0 ? [] : [{ scope: SCOPE, metrics: [metric] }];
        return Promise.resolve({ resourceMetrics: { resource: this.#resource, scopeMetrics }, errors: [] });
    }
}

/** The durations of requests that have these attributes. */
class Series {
    readonly attributes: Attributes;
    readonly startTime = now();
    readonly value = {
        buckets: { boundaries: BOUNDS, counts: new Array<number>(BOUNDS.length + 1).fill(0) },
        count: 0,
        sum: 0,
        min: Number.POSITIVE_INFINITY,
        max: 0,
    };

    constructor(attributes: Attributes) {
        this.attributes = attributes;
    }

    record(seconds: number): void {
        const { value } = this;
        const bucket = BOUNDS.findIndex((bound) => seconds <= bound);
        (value.buckets.counts[bucket < 0 ? BOUNDS.length : bucket] as number)++;
        value.count++;
        value.sum += seconds;
        value.min = Math.min(value.min, seconds);
        value.max = Math.max(value.max, seconds);
    }
}

function now(): HrTime {
    return hrTime(microseconds(performance.now()));
}
