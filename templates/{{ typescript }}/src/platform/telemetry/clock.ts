/** Times as telemetry writes them; those of the process are by the clock of `performance.now()`. */

import type { HrTime } from "@opentelemetry/api";

const { timeOrigin } = performance;

/** Microseconds since the epoch: all that a number of JavaScript's can hold. */
export function microseconds(time: number): number {
    return Math.round((timeOrigin + time) * 1000);
}

/** Seconds, and nanoseconds of the next one, since the epoch. */
export function hrTime(time: number): HrTime {
    const whole = microseconds(time);
    return [Math.floor(whole / 1e6), (whole % 1e6) * 1000];
}
