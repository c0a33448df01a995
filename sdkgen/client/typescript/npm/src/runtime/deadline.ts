/** The time that a call with all its attempts may take, and the caller's own signal. */

import { DeadlineExceeded } from "./errors.ts";

export class Deadline {
  readonly #ends: number;
  readonly #controller = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #caller: AbortSignal | undefined;
  readonly #abort = (): void => this.#controller.abort(this.#caller?.reason);

  constructor(total: number, operation: string, caller?: AbortSignal) {
    this.#ends = performance.now() + total;
    this.#timer = setTimeout(() => this.#controller.abort(new DeadlineExceeded("total", total, operation)), total);
    this.#caller = caller;
    if (caller?.aborted) this.#abort();
    else caller?.addEventListener("abort", this.#abort, { once: true });
  }

  /** Aborted when time is up, with `DeadlineExceeded`, or when the caller aborts, with its reason. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Milliseconds. */
  get left(): number {
    return Math.max(0, this.#ends - performance.now());
  }

  /** Wait, unless the call ends before. */
  async sleep(milliseconds: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const waited = new Promise((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    });
    try {
      await this.race(waited);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The promise's value, unless the call ends before. */
  async race<T>(promise: Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    let stop: () => void = () => undefined;
    const ended = new Promise<never>((_, reject) => {
      stop = () => reject(this.signal.reason as Error);
      this.signal.addEventListener("abort", stop, { once: true });
    });
    try {
      return await Promise.race([promise, ended]);
    } finally {
      this.signal.removeEventListener("abort", stop);
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#abort);
  }
}
