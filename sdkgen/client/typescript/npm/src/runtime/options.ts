/** What a caller may set, for all calls of a client or for one. */

import type { Auth } from "./auth.ts";
import type { CircuitBreaker } from "./breaker.ts";
import type { Retries } from "./retries.ts";
import type { Logger, Telemetry } from "./telemetry.ts";
import type { Usage } from "./usage.ts";

/** Milliseconds. */
export interface Timeouts {
  /** To be connected. `fetch` does not tell when it is, so this and `read` together are the time for the first byte. */
  readonly connect: number;
  /** Between two pieces of the response. */
  readonly read: number;
  /** For the call with all its attempts. */
  readonly total: number;
}

export interface ClientOptions {
  /** Where the service is. By https, unless it is on this machine or `insecure` is set. */
  readonly baseUrl: string;
  /** One for all operations, or one for each security scheme by its name in the contract. */
  readonly auth?: Auth | Readonly<Record<string, Auth>>;
  readonly timeouts?: Partial<Timeouts>;
  readonly retries?: Partial<Retries>;
  readonly breaker?: CircuitBreaker;
  readonly telemetry?: Telemetry;
  /** Told of each attempt; nothing is logged without it. */
  readonly logger?: Logger;
  /** Records what is used of the contract, for the consumer's own tests. */
  readonly usage?: Usage;
  /** Added to every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How large the body of a response may be, in bytes. */
  readonly largestResponse?: number;
  /** Lets credentials go over plain http. */
  readonly insecure?: boolean;
  readonly fetch?: typeof fetch;
}

export interface CallOptions {
  /** Ends the call, with its reason. */
  readonly signal?: AbortSignal;
  readonly timeouts?: Partial<Timeouts>;
  readonly headers?: Readonly<Record<string, string>>;
  /** The media type of the body, where the contract has several. */
  readonly contentType?: string;
}

export const TIMEOUTS: Timeouts = { connect: 5_000, read: 30_000, total: 60_000 };
