/** Times as telemetry writes them. */

import type { HrTime } from "@opentelemetry/api";

const { timeOrigin } = performance;

/** Since the epoch, of a time by the clock of `performance.now()`: all that a number of JavaScript's can hold. */
export function microseconds(time: number): number {
    return Math.round((timeOrigin + time) * 1000);
}

/** Seconds, and nanoseconds of the next one. */
export function hrTime(microseconds: number): HrTime {
    return [Math.floor(microseconds / 1e6), (microseconds % 1e6) * 1000];
}
