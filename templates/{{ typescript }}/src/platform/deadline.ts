/** How long the current request's handler may still take, for whatever it calls. */

import { type Context, context, createContextKey } from "@opentelemetry/api";
import { DeadlineExceeded } from "./problems.ts";

const DEADLINE = createContextKey("the deadline of the request");

/** The deadlines of all handlers that run. */
export class Deadlines {
    readonly #queues = new Map<number, Queue>();

    /** One that passes so many milliseconds from now, unless it is met before; `onEnd` is called if it does. */
    start(milliseconds: number, onEnd: (reason: Error) => void): Deadline {
        let queue = this.#queues.get(milliseconds);
        if (queue === undefined) {
            queue = new Queue(milliseconds);
            this.#queues.set(milliseconds, queue);
        }
        return new Deadline(queue, onEnd);
    }

    /** End all of them now. */
    end(reason: Error): void {
        for (const queue of this.#queues.values()) {
            while (queue.first !== undefined) {
                queue.first.end(reason);
            }
        }
    }
}

/** A time that passes once, unless it is met before. */
export class Deadline {
    /** By the clock of `performance.now()`. */
    readonly endsAt: number;
    previous: Deadline | undefined;
    next: Deadline | undefined;
    readonly #queue: Queue;
    readonly #onEnd: (reason: Error) => void;
    #controller: AbortController | undefined;
    #isOver = false;

    constructor(queue: Queue, onEnd: (reason: Error) => void) {
        this.endsAt = performance.now() + queue.milliseconds;
        this.#queue = queue;
        this.#onEnd = onEnd;
        queue.add(this);
    }

    /** Aborted when the deadline has passed or the process stops. Most handlers ask for nothing that could be ended. */
    get signal(): AbortSignal {
        this.#controller ??= new AbortController();
        return this.#controller.signal;
    }

    /** End it now: nobody waits any more. */
    end(reason: Error): void {
        if (this.met()) {
            this.#onEnd(reason);
            this.#controller ??= new AbortController();
            this.#controller.abort(reason);
        }
    }

    /** The work was done; false where it was too late. */
    met(): boolean {
        const inTime = !this.#isOver;
        if (inTime) {
            this.#isOver = true;
            this.#queue.remove(this);
        }
        return inTime;
    }
}

/** Deadlines of one length, the first to pass first, so that one timer serves all of them. */
class Queue {
    readonly milliseconds: number;
    first: Deadline | undefined;
    #last: Deadline | undefined;
    #timer: NodeJS.Timeout | undefined;

    constructor(milliseconds: number) {
        this.milliseconds = milliseconds;
    }

    add(deadline: Deadline): void {
        deadline.previous = this.#last;
        if (this.#last === undefined) {
            this.first = deadline;
        } else {
            this.#last.next = deadline;
        }
        this.#last = deadline;
        this.#timer ??= setTimeout(() => this.#endPassed(), this.milliseconds).unref();
    }

    remove(deadline: Deadline): void {
        const { previous, next } = deadline;
        if (previous === undefined) {
            this.first = next;
        } else {
            previous.next = next;
        }
        if (next === undefined) {
            this.#last = previous;
        } else {
            next.previous = previous;
        }
        // What is over and old must not keep alive, through a chain of them, all that came after it.
        deadline.previous = undefined;
        deadline.next = undefined;
    }

    #endPassed(): void {
        const now = performance.now();
        while (this.first !== undefined && this.first.endsAt <= now) {
            this.first.end(new DeadlineExceeded(undefined, { headers: { "retry-after": "1" } }));
        }
        const rest = this.first && this.first.endsAt - now;
        this.#timer = rest === undefined ? undefined : setTimeout(() => this.#endPassed(), rest).unref();
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
