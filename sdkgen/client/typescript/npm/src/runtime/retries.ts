/** When a call is tried again, and after which wait. */

import { AuthenticationFailed, ConnectionFailed, DeadlineExceeded } from "./errors.ts";

export interface Retries {
  /** How often a call is tried in all. */
  readonly attempts: number;
  /** Milliseconds: the bound of the first wait, which is random below it; the next bounds double. */
  readonly backoff: number;
  /** Milliseconds. A `Retry-After` beyond it is not waited for: the response that has it is the answer. */
  readonly longestWait: number;
  /** Repeats for each call in the long run, so that retries don't multiply the load on a service in trouble. */
  readonly share: number;
  /** Repeats in a row before that share counts. */
  readonly reserve: number;
}

export const RETRIES: Retries = { attempts: 3, backoff: 200, longestWait: 20_000, share: 0.1, reserve: 10 };

const DAY = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;
const TRANSIENT: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** What all calls of a client may repeat together. */
export class Quota {
  readonly #share: number;
  readonly #reserve: number;
  #credit: number;

  constructor({ share, reserve }: Retries) {
    this.#share = share;
    this.#reserve = reserve;
    this.#credit = reserve;
  }

  deposit(): void {
    this.#credit = Math.min(this.#reserve, this.#credit + this.#share);
  }

  withdraw(): boolean {
    if (this.#credit < 1) return false;
    this.#credit -= 1;
    return true;
  }
}

/** May it be over soon? 409 is, where it says when: then the request is being done, and this is its repetition. */
export function isTransient(outcome: Error | { readonly status: number; readonly headers: Headers }): boolean {
  if (!(outcome instanceof Error)) {
    return TRANSIENT.has(outcome.status) || (outcome.status === 409 && outcome.headers.has("retry-after"));
  }
  if (outcome instanceof AuthenticationFailed) return outcome.temporary;
  return outcome instanceof ConnectionFailed || outcome instanceof DeadlineExceeded;
}

/** Milliseconds before the next attempt: full jitter, and not less than the service asks for. */
export function waitOf(retries: Retries, attempts: number, asked: number): number {
  const bound = Math.min(retries.longestWait, retries.backoff * 2 ** (attempts - 1));
  return Math.max(Math.random() * bound, asked);
}

/** Milliseconds that `Retry-After` asks to wait, in either form (RFC 9110, section 10.2.3); 0 where it does not. */
export function retryAfter(headers: Headers): number {
  const value = headers.get("retry-after")?.trim();
  if (!value) return 0;
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  // The oldest form names no zone: it is UTC in all of them. What begins otherwise is no date, though Date sees one.
  const moment = DAY.test(value) ? Date.parse(value.endsWith("GMT") ? value : `${value} GMT`) : Number.NaN;
  return Number.isNaN(moment) ? 0 : Math.max(0, moment - Date.now());
}
