/** The client: what all operations of one service share, and how a call is made. */

import type { Attempt, Auth } from "./auth.ts";
import { type Body, bodyOf } from "./bodies.ts";
import type { CircuitBreaker } from "./breaker.ts";
import { Deadline } from "./deadline.ts";
import { CircuitOpen, ConnectionFailed, errorOf, SdkError, DeadlineExceeded } from "./errors.ts";
import type { Policy } from "./operation.ts";
import { headersOf, pathOf, queryOf } from "./parameters.ts";
import { type Reply, readBody, valueOf, within } from "./reply.ts";
import { isTransient, Quota, RETRIES, type Retries, retryAfter, waitOf } from "./retries.ts";
import type { Logger, Telemetry } from "./telemetry.ts";

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

const TIMEOUTS: Timeouts = { connect: 5_000, read: 30_000, total: 60_000 };
const FAILURES: ReadonlySet<number> = new Set([500, 502, 503, 504]);
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
    this.#quota.deposit();
    const mayRepeat = policy.retry === "safe" || (policy.retry === "with-key" && request.hasKey);
    let attempts = 0;
    let renewed = false;
    try {
      for (let sent = 0; ; sent += 1) {
        const outcome = await this.#attempt(policy, request, timeouts, deadline, sent);
        const failed = outcome instanceof Error;
        if (!failed && isSuccess(policy, outcome.reply.status)) return outcome.reply;
        // The service refused the token before it did anything, so any method may be sent again; once.
        if (!failed && outcome.reply.status === 401 && !renewed && outcome.refused()) {
          renewed = true;
          continue;
        }
        attempts += 1;
        const wait = mayRepeat && isTransient(failed ? outcome : outcome.reply) ? this.#wait(attempts, outcome, deadline) : undefined;
        if (wait === undefined) throw failed ? outcome : errorOf(policy.id, outcome.reply, policy.problems);
        await deadline.sleep(wait);
      }
    } finally {
      deadline.close();
    }
  }

  /** Milliseconds before the next attempt; none where there is to be no other. */
  #wait(attempts: number, outcome: Outcome, deadline: Deadline): number | undefined {
    const asked = outcome instanceof Error ? 0 : retryAfter(outcome.reply.headers);
    const wait = waitOf(this.#retries, attempts, asked);
    if (attempts >= this.#retries.attempts || asked > this.#retries.longestWait || wait >= deadline.left) return undefined;
    return this.#quota.withdraw() ? wait : undefined;
  }

  async #request(policy: Policy, given: Readonly<Record<string, unknown>>, options: CallOptions): Promise<Request> {
    const parameters = policy.parameters ?? [];
    const key = policy.key === undefined ? undefined : (given[policy.key] ?? crypto.randomUUID());
    const values = policy.key === undefined ? given : { ...given, [policy.key]: key };
    const url = new URL(this.#base + pathOf(policy.path, parameters, values) + queryOf(parameters, values));
    const headers = new Headers({ ...this.#options.headers, ...options.headers });
    if (policy.accept) headers.set("accept", policy.accept);
    for (const [name, value] of headersOf(parameters, values)) headers.set(name, value);
    const type = options.contentType ?? policy.body?.[0];
    const body = type !== undefined && values["body"] !== undefined ? await bodyOf(values["body"], type) : undefined;
    if (body) headers.set("content-type", body.type);
    return { url, headers, body, hasKey: key !== undefined };
  }

  async #attempt(
    policy: Policy,
    request: Request,
    timeouts: Timeouts,
    deadline: Deadline,
    resends: number,
  ): Promise<Outcome> {
    const { breaker, telemetry, logger } = this.#options;
    deadline.signal.throwIfAborted();
    if (breaker && !breaker.allow()) throw new CircuitOpen(`${policy.id}: the service is failing and was not called`);
    const url = new URL(request.url);
    const headers = new Headers(request.headers);
    const info = { operation: policy.id, method: policy.method, template: policy.path, url, resends };
    const span = telemetry?.attempt(info);
    for (const [name, value] of Object.entries(span?.headers ?? {})) headers.set(name, value);
    const started = performance.now();
    const log = (end: { status: number } | { error: string }): void =>
      logger?.({
        message: "attempt",
        operation: policy.id,
        method: policy.method,
        template: policy.path,
        resends,
        milliseconds: Math.round(performance.now() - started),
        ...end,
      });
    try {
      const sent = { method: policy.method, url, headers, body: request.body?.bytes, signal: deadline.signal };
      const used = await deadline.race(this.#authorize(policy, sent));
      const reply = await deadline.race(this.#fetch(policy, sent, timeouts, deadline.signal));
      if (FAILURES.has(reply.status)) breaker?.failed();
      else breaker?.succeeded();
      span?.end({ status: reply.status });
      log({ status: reply.status });
      return { reply, refused: () => used.map((entry) => entry.auth.refused?.(entry.attempt) ?? false).includes(true) };
    } catch (error) {
      if (isTransient(error)) breaker?.failed();
      span?.end({ error });
      log({ error: error instanceof Error ? error.name : "unknown" });
      // What ends the call, as a deadline or the caller does, is no reason to try again.
      if (deadline.signal.aborted || !(error instanceof Error)) throw error;
      return error;
    }
  }

  /** Adds the credentials of the first alternative that the client has all of. */
  async #authorize(policy: Policy, sent: Omit<Attempt, "scopes" | "scheme">): Promise<{ auth: Auth; attempt: Attempt }[]> {
    const { auth } = this.#options;
    if (!auth) return [];
    const declared = policy.security ?? [{}];
    if (isAuth(auth)) {
      const alternative = declared.find((one) => Object.keys(one).length > 0);
      if (policy.security && !alternative) return [];
      const [name, scopes] = Object.entries(alternative ?? {})[0] ?? [];
      const attempt = { ...sent, scopes: scopes ?? [], scheme: name === undefined ? undefined : policy.schemes?.[name] };
      await auth.apply(attempt);
      return [{ auth, attempt }];
    }
    const alternative = declared.find((one) => Object.keys(one).every((name) => Object.hasOwn(auth, name)));
    if (!alternative) {
      throw new SdkError(`${policy.id}: needs ${declared.map((one) => Object.keys(one).join(" and ")).join(", or ")}`);
    }
    const used: { auth: Auth; attempt: Attempt }[] = [];
    for (const [name, scopes] of Object.entries(alternative)) {
      const one = auth[name] as Auth;
      const attempt = { ...sent, scopes, scheme: policy.schemes?.[name] };
      await one.apply(attempt);
      used.push({ auth: one, attempt });
    }
    return used;
  }

  async #fetch(
    policy: Policy,
    sent: Omit<Attempt, "scopes" | "scheme">,
    timeouts: Timeouts,
    ended: AbortSignal,
  ): Promise<Reply> {
    const aborter = new AbortController();
    const cancel = (): void => aborter.abort();
    ended.addEventListener("abort", cancel, { once: true });
    try {
      const { method, headers, body } = sent;
      // A redirect may lead to another host; it is not followed, so that credentials don't go there.
      const init: RequestInit = { method, headers, redirect: "manual", signal: aborter.signal, ...(body && { body }) };
      const first = timeouts.connect + timeouts.read;
      const call = this.#options.fetch ?? fetch;
      const late = (): Error => new DeadlineExceeded("response", first, policy.id);
      const response = await within(call(sent.url, init), first, late, cancel);
      const largest = this.#options.largestResponse ?? 104_857_600;
      const bytes = await readBody(response, timeouts.read, largest, policy.id, cancel);
      const { status, headers: fields } = response;
      const secret = headers.get("authorization")?.split(" ").at(-1) ?? "";
      return { status, headers: fields, body: valueOf(bytes, fields.get("content-type"), status, policy.id, secret) };
    } catch (error) {
      if (error instanceof SdkError) throw error;
      throw new ConnectionFailed(`${policy.id}: ${reasonOf(error)}`, { cause: error });
    } finally {
      ended.removeEventListener("abort", cancel);
    }
  }
}

interface Request {
  readonly url: URL;
  readonly headers: Headers;
  readonly body: Body | undefined;
  readonly hasKey: boolean;
}

type Outcome = Error | { reply: Reply; /** Are there other credentials? */ refused: () => boolean };

function isSuccess(policy: Policy, status: number): boolean {
  return status >= 200 && status < (policy.redirects ? 400 : 300);
}

function isAuth(auth: Auth | Readonly<Record<string, Auth>>): auth is Auth {
  return typeof auth.apply === "function";
}

/** What went wrong, without the address, whose query may be secret. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined;
  return typeof code === "string" ? `the connection failed (${code})` : "the connection failed";
}
