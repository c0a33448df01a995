/** When to stop calling a service that fails, and how many calls may be repeats. */

type Clock = () => number;

const seconds: Clock = () => performance.now() / 1000;

/** Closed until `threshold` failures in a row; then open for `recovery` seconds, after which one call may try. */
export class CircuitBreaker {
    readonly #threshold: number;
    readonly #recovery: number;
    readonly #clock: Clock;
    #failures = 0;
    #closedAgain = 0;

    constructor(threshold = 5, recovery = 10, clock = seconds) {
        this.#threshold = threshold;
        this.#recovery = recovery;
        this.#clock = clock;
    }

    /** Whether a call may be made now; the one that is allowed to try keeps the others out meanwhile. */
    allow(): boolean {
        if (this.#failures < this.#threshold) {
            return true;
        }
        const now = this.#clock();
        if (now < this.#closedAgain) {
            return false;
        }
        this.#closedAgain = now + this.#recovery;
        return true;
    }

    /** The service answered. */
    succeeded(): void {
        this.#failures = 0;
    }

    /** The service did not answer, or said that it cannot. */
    failed(): void {
        this.#failures++;
        if (this.#failures >= this.#threshold) {
            this.#closedAgain = this.#clock() + this.#recovery;
        }
    }
}

/** A share of the calls that may be repeats, so that retries cannot multiply the load on a service in trouble. */
export class RetryBudget {
    readonly #share: number;
    readonly #reserve: number;
    #credit: number;

    constructor(share = 0.1, reserve = 10) {
        this.#share = share;
        this.#reserve = reserve;
        this.#credit = reserve;
    }

    /** A first attempt was made. */
    deposit(): void {
        this.#credit = Math.min(this.#reserve, this.#credit + this.#share);
    }

    /** Whether one more attempt may be made. */
    withdraw(): boolean {
        if (this.#credit < 1) {
            return false;
        }
        this.#credit--;
        return true;
    }
}
