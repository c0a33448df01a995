/** How long the current request's handler may still take, for whatever it calls. */

import { type Context, context, createContextKey } from "@opentelemetry/api";
import { DeadlineExceeded } from "./problems.ts";

const DEADLINE = createContextKey("the deadline of the request");

/** A time that passes once, unless it is met before. */
export class Deadline {
    /** By the clock of `performance.now()`. */
    readonly endsAt: number;
    readonly #onEnd: (reason: Error) => void;
    readonly #timer: NodeJS.Timeout;
    #controller: AbortController | undefined;
    #isOver = false;

    constructor(milliseconds: number, onEnd: (reason: Error) => void) {
        this.endsAt = performance.now() + milliseconds;
        this.#onEnd = onEnd;
        this.#timer = setTimeout(() => {
            this.end(new DeadlineExceeded(undefined, { headers: { "retry-after": "1" } }));
        }, milliseconds);
    }

    /** Aborted when the deadline has passed or the process stops. Most handlers ask for nothing that could be ended. */
    get signal(): AbortSignal {
        this.#controller ??= new AbortController();
        return this.#controller.signal;
    }

    /** End it now: nobody waits any more. */
    end(reason: Error): void {
        if (!this.#isOver) {
            this.#isOver = true;
            clearTimeout(this.#timer);
            this.#onEnd(reason);
            this.#controller ??= new AbortController();
            this.#controller.abort(reason);
        }
    }

    /** The work was done; false where it was too late. */
    met(): boolean {
        const inTime = !this.#isOver;
        this.#isOver = true;
        clearTimeout(this.#timer);
        return inTime;
    }
}

/** Run `work` under that deadline, in a context of OpenTelemetry's. */
export function under<T>(telemetry: Context, deadline: Deadline, work: () => T): T {
    return context.with(telemetry.setValue(DEADLINE, deadline), work);
}

/** The deadline of the current request; undefined outside of one. */
export function currentDeadline(): Deadline | undefined {
    return context.active().getValue(DEADLINE) as Deadline | undefined;
}
