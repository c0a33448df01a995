/** The client: what all operations of one service share, and how a call is made. */

import { attempt, type Call, type Outcome } from "./attempt.ts";
import { bodyOf } from "./bodies.ts";
import { Deadline } from "./deadline.ts";
import { errorOf } from "./errors.ts";
import type { Policy } from "./operation.ts";
import { type CallOptions, type ClientOptions, TIMEOUTS, type Timeouts } from "./options.ts";
import { headersOf, pathOf, queryOf } from "./parameters.ts";
import { covers, type Reply } from "./reply.ts";
import { isTransient, Quota, RETRIES, type Retries, retryAfter, waitOf } from "./retries.ts";

const LOCAL: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

export class Client {
  readonly #options: ClientOptions;
  readonly #base: string;
  readonly #retries: Retries;
  readonly #quota: Quota;

  /** Throws TypeError where the base URL is none, or credentials would go over plain http. */
  constructor(options: ClientOptions) {
    const url = new URL(options.baseUrl);
    if (url.protocol !== "https:" && options.auth && !options.insecure && !LOCAL.has(url.hostname)) {
      throw new TypeError(`${url.origin}: credentials are sent by https only`);
    }
    this.#options = options;
    this.#base = `${url.origin}${url.pathname.replace(/\/$/, "")}`;
    this.#retries = { ...RETRIES, ...options.retries };
    this.#quota = new Quota(this.#retries);
  }

  /** Makes a call; operations use it. Throws SdkError, or the reason with which the caller's signal was aborted. */
  async send(policy: Policy, given: object, options: CallOptions = {}): Promise<Reply> {
    const timeouts: Timeouts = { ...TIMEOUTS, ...policy.timeouts, ...this.#options.timeouts, ...options.timeouts };
    const request = await this.#request(policy, given as Readonly<Record<string, unknown>>, options);
    const deadline = new Deadline(timeouts.total, policy.id, options.signal);
    const call: Call = { policy, ...request, timeouts, deadline, sent: 0 };
    this.#quota.deposit();
    let renewed = false;
    try {
      for (let attempts = 1; ; attempts += 1) {
        let outcome = await attempt(this.#options, call);
        // The service refused the token before it did anything, so any method may be sent again; once.
        if (!(outcome instanceof Error) && outcome.reply.status === 401 && !renewed && outcome.refused()) {
          renewed = true;
          outcome = await attempt(this.#options, call);
        }
        if (!(outcome instanceof Error) && isAnswer(call, outcome.reply.status)) return this.#seen(policy, outcome.reply);
        const wait = this.#wait(attempts, outcome, call);
        if (wait === undefined) {
          throw outcome instanceof Error ? outcome : errorOf(policy.id, this.#seen(policy, outcome.reply), policy.problems);
        }
        await deadline.sleep(wait);
      }
    } finally {
      deadline.close();
    }
  }

  #seen(policy: Policy, reply: Reply): Reply {
    return this.#options.usage?.answered(policy, reply) ?? reply;
  }

  /** Milliseconds before the next attempt; none where there is to be no other. */
  #wait(attempts: number, outcome: Outcome, { policy, hasKey, deadline, sent }: Call): number | undefined {
    // What was never sent, for want of a token, has had no effect.
    const mayRepeat = sent === 0 || policy.retry === "safe" || (policy.retry === "with-key" && hasKey);
    const failed = outcome instanceof Error;
    if (!mayRepeat || attempts >= this.#retries.attempts || !isTransient(failed ? outcome : outcome.reply)) return undefined;
    const asked = failed ? 0 : retryAfter(outcome.reply.headers);
    const wait = waitOf(this.#retries, attempts, asked);
    if (asked > this.#retries.longestWait || wait >= deadline.left) return undefined;
    return this.#quota.withdraw() ? wait : undefined;
  }

  async #request(
    policy: Policy,
    given: Readonly<Record<string, unknown>>,
    options: CallOptions,
  ): Promise<Pick<Call, "url" | "headers" | "body" | "hasKey">> {
    const parameters = policy.parameters ?? [];
    const key = policy.key === undefined ? undefined : (given[policy.key] || crypto.randomUUID());
    const values = policy.key === undefined ? given : { ...given, [policy.key]: key };
    const url = new URL(this.#base + pathOf(policy.path, parameters, values) + queryOf(parameters, values));
    const headers = new Headers({ ...this.#options.headers, ...options.headers });
    if (policy.accept) headers.set("accept", policy.accept.join(", "));
    for (const [name, value] of headersOf(parameters, values)) headers.set(name, value);
    const type = options.contentType ?? policy.body?.[0];
    const body = type !== undefined && values["body"] !== undefined ? await bodyOf(values["body"], type) : undefined;
    if (body) headers.set("content-type", body.type);
    this.#options.usage?.sent(policy, values);
    return { url, headers, body: body?.bytes, hasKey: key !== undefined };
  }
}

function isAnswer({ policy, headers }: Call, status: number): boolean {
  // A service that was not told what the caller has can not say that it is the same (RFC 9110, section 15.4.5).
  if (status === 304 && !headers.has("if-none-match") && !headers.has("if-modified-since")) return false;
  return (status >= 200 && status < 300) || (policy.answers ?? []).some((one) => covers(one, status));
}
