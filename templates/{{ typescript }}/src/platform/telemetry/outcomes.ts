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
import { hrTime } from "./clock.ts";
import { BOUNDS } from "./durations.ts";
import type { RequestRecord } from "./record.ts";

export const SCOPE = { name: "platform.requests" };
const NAME = "http.server.request.duration";
const UNIT = "s";
const DESCRIPTION = "Duration of HTTP server requests.";
/** As many series as the SDK has of an instrument; the others are counted together, as it does. */
const MOST_SERIES = 2000;

type Point = HistogramMetricData["dataPoints"][number];

/** One way to end. */
export class Outcome {
    readonly name: string;
    readonly attributes: Attributes;
    /** The conventions call only the server's own faults errors. */
    readonly isError: boolean;
    readonly record: (seconds: number) => void;

    constructor(name: string, attributes: Attributes, record: (seconds: number) => void) {
        this.name = name;
        this.attributes = attributes;
        this.isError = attributes["error.type"] !== undefined;
        this.record = record;
    }
}

/** All ways to end that there were. */
export class Outcomes implements MetricProducer {
    readonly #resource: Resource;
    readonly #outcomes = new Map<string, Outcome>();
    readonly #series: Series[] = [];
    #others: Series | undefined;
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
        const made = new Outcome(
            route === undefined ? method : `${method} ${route}`,
            attributes,
            this.#counter(attributes),
        );
        if (this.#outcomes.size < MOST_SERIES) {
            this.#outcomes.set(key, made);
        }
        return made;
    }

    #counter(attributes: Attributes): (seconds: number) => void {
        const instrument = this.#instrument;
        if (instrument !== undefined) {
            return (seconds) => instrument.record(seconds, attributes);
        }
        let series = this.#others;
        if (series === undefined) {
            const isLast = this.#series.length === MOST_SERIES - 1;
            series = new Series(isLast ? { "otel.metric.overflow": true } : attributes);
            this.#series.push(series);
            this.#others = isLast ? series : undefined;
        }
        const counted = series;
        return (seconds) => counted.record(seconds);
    }

    /** What the readers read. */
    collect(): Promise<CollectionResult> {
        const metric: HistogramMetricData = {
            descriptor: { name: NAME, description: DESCRIPTION, unit: UNIT, valueType: ValueType.DOUBLE },
            aggregationTemporality: AggregationTemporality.CUMULATIVE,
            dataPointType: DataPointType.HISTOGRAM,
            dataPoints: this.#series.map((series) => series.point()),
        };
        const scopeMetrics = this.#series.length === 0 ? [] : [{ scope: SCOPE, metrics: [metric] }];
        return Promise.resolve({ resourceMetrics: { resource: this.#resource, scopeMetrics }, errors: [] });
    }
}

/** The durations of requests that have these attributes. */
class Series {
    readonly #attributes: Attributes;
    readonly #startTime: HrTime = hrTime(performance.now());
    readonly #counts: number[] = new Array(BOUNDS.length + 1).fill(0);
    #count = 0;
    #sum = 0;
    #min = Number.POSITIVE_INFINITY;
    #max = 0;

    constructor(attributes: Attributes) {
        this.#attributes = attributes;
    }

    record(seconds: number): void {
        let bucket = 0;
        while (bucket < BOUNDS.length && seconds > (BOUNDS[bucket] as number)) {
            bucket++;
        }
        (this.#counts[bucket] as number)++;
        this.#count++;
        this.#sum += seconds;
        this.#min = Math.min(this.#min, seconds);
        this.#max = Math.max(this.#max, seconds);
    }

    point(): Point {
        return {
            attributes: this.#attributes,
            startTime: this.#startTime,
            endTime: hrTime(performance.now()),
            value: {
                buckets: { boundaries: BOUNDS, counts: [...this.#counts] },
                count: this.#count,
                sum: this.#sum,
                min: this.#min,
                max: this.#max,
            },
        };
    }
}
