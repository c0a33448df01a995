/** From start to stop: what is opened is closed, in the opposite order, whatever fails on the way. */

import { failure, logger } from "./logs.ts";

type Step = () => Promise<void> | void;

/** The state of the process: `stopping` turns true with the request to stop, before anything is closed. */
export class Lifecycle {
    stopping = false;
    readonly #start: Step[] = [];
    readonly #stop: Step[] = [];

    /** Run `step` before the first request; if it rejects, the service does not start. */
    onStart(step: Step): void {
        this.#start.push(step);
    }

    /** Run `step` after the last request; the last one registered runs first. */
    onStop(step: Step): void {
        this.#stop.push(step);
    }

    async start(): Promise<void> {
        for (const step of this.#start) {
            await step();
        }
    }

    async stop(): Promise<void> {
        for (const step of this.#stop.toReversed()) {
            try {
                await step();
            } catch (error) {
                logger("lifecycle").error(failure(error), "A part of the service could not be closed");
            }
        }
    }
}
