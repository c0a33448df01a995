/** Optional: stops calling a service that fails. Hand it to the client; clients of one service may share it. */

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failures?: number;
  /** Milliseconds until one call may try again. */
  readonly recovery?: number;
}

export class CircuitBreaker {
  readonly #threshold: number;
  readonly #recovery: number;
  #failures = 0;
  #opens = 0;

  constructor({ failures = 5, recovery = 10_000 }: BreakerOptions = {}) {
    this.#threshold = failures;
    this.#recovery = recovery;
  }

  /** May a call be made now? The one that is allowed to try keeps the others out meanwhile. */
  allow(): boolean {
    if (this.#failures < this.#threshold) return true;
    const now = performance.now();
    if (now < this.#opens) return false;
    this.#opens = now + this.#recovery;
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  failed(): void {
    this.#failures += 1;
    if (this.#failures >= this.#threshold) this.#opens = performance.now() + this.#recovery;
  }
}
