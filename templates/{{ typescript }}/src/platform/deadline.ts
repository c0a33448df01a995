/** How long the current request's handler may still take, for whatever it calls. */

import { AsyncLocalStorage } from "node:async_hooks";

export interface Deadline {
    /** By the clock of `performance.now()`. */
    readonly endsAt: number;
    /** Aborted when the deadline has passed or the process stops. */
    readonly signal: AbortSignal;
}

const storage = new AsyncLocalStorage<Deadline>();

/** Run `work` under that deadline. */
export function under<T>(deadline: Deadline, work: () => T): T {
    return storage.run(deadline, work);
}

/** The deadline of the current request; undefined outside of one. */
export function currentDeadline(): Deadline | undefined {
    return storage.getStore();
}
