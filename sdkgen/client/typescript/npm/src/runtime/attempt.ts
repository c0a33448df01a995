/** One attempt of a call: its credentials, its span, the request and its response. */

import type { Attempt, Auth } from "./auth.ts";
import type { Deadline } from "./deadline.ts";
import { CircuitOpen, ConnectionFailed, DeadlineExceeded, SdkError } from "./errors.ts";
import type { Policy } from "./operation.ts";
import type { ClientOptions, Timeouts } from "./options.ts";
import { type Reply, readBody, valueOf, within } from "./reply.ts";
import { isTransient } from "./retries.ts";

/** A call, of which each attempt sends the same. */
export interface Call {
  readonly policy: Policy;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer> | undefined;
  readonly hasKey: boolean;
  readonly timeouts: Timeouts;
  readonly deadline: Deadline;
  /** How often it was sent. */
  sent: number;
}

export type Outcome =
  | Error
  | {
      readonly reply: Reply;
      /** Tells those that gave the credentials that they were refused. Are there others? */
      refused(): boolean;
    };

type Sent = Omit<Attempt, "scopes" | "scheme">;
type Used = { readonly auth: Auth; readonly attempt: Attempt };

const FAILURES: ReadonlySet<number> = new Set([500, 502, 503, 504]);
const LARGEST = 104_857_600;

/** Returns an error after which another attempt may be made, and throws what ends the call. */
export async function attempt(options: ClientOptions, call: Call): Promise<Outcome> {
  const { policy, deadline, timeouts } = call;
  const { breaker } = options;
  deadline.signal.throwIfAborted();
  if (breaker && !breaker.allow()) throw new CircuitOpen(`${policy.id}: the service is failing and was not called`);
  const { method } = policy;
  const url = new URL(call.url);
  const sent: Sent = { method, url, headers: new Headers(call.headers), body: call.body, signal: deadline.signal };
  let used: Used[];
  try {
    used = await deadline.race(authorize(policy, options.auth, sent));
  } catch (error) {
    if (deadline.signal.aborted || !(error instanceof Error)) throw error;
    return error;
  }
  const note = observed(options, call, sent);
  call.sent += 1;
  try {
    const reply = await deadline.race(exchange(options, policy, timeouts, sent));
    if (FAILURES.has(reply.status)) breaker?.failed();
    else breaker?.succeeded();
    note({ status: reply.status });
    return { reply, refused: () => used.map((one) => one.auth.refused?.(one.attempt) ?? false).includes(true) };
  } catch (error) {
    if (error instanceof Error && isTransient(error)) breaker?.failed();
    note({ error });
    // What ends the call, as a deadline or the caller does, is no reason to try again.
    if (deadline.signal.aborted || !(error instanceof Error)) throw error;
    return error;
  }
}

/** Starts the attempt's span, whose fields go with it, and returns what ends it and writes the log. */
function observed(options: ClientOptions, call: Call, sent: Sent): (end: { status: number } | { error: unknown }) => void {
  const { id: operation, method, path: template } = call.policy;
  const about = { operation, method, template, resends: call.sent };
  const span = options.telemetry?.attempt({ ...about, url: sent.url });
  for (const [name, value] of Object.entries(span?.headers ?? {})) sent.headers.set(name, value);
  const started = performance.now();
  return (end) => {
    span?.end(end);
    const milliseconds = Math.round(performance.now() - started);
    const shown = "status" in end ? end : { error: end.error instanceof Error ? end.error.name : "unknown" };
    options.logger?.({ message: "attempt", ...about, milliseconds, ...shown });
  };
}

/** Adds the credentials of the first alternative that the client has all of. */
async function authorize(policy: Policy, auth: ClientOptions["auth"], sent: Sent): Promise<Used[]> {
  if (!auth) return [];
  const used = chosen(policy, auth).map(({ name, scopes, auth: one }): Used => {
    const scheme = name === undefined ? undefined : policy.schemes?.[name];
    return { auth: one, attempt: { ...sent, scopes, scheme } };
  });
  for (const one of used) await one.auth.apply(one.attempt);
  return used;
}

interface Chosen {
  readonly name?: string;
  readonly scopes: readonly string[];
  readonly auth: Auth;
}

function chosen(policy: Policy, auth: Auth | Readonly<Record<string, Auth>>): Chosen[] {
  const declared = policy.security;
  if (isAuth(auth)) {
    if (!declared) return [{ scopes: [], auth }];
    const [first] = declared.flatMap((one) => Object.entries(one));
    return first ? [{ name: first[0], scopes: first[1], auth }] : [];
  }
  const alternative = (declared ?? [{}]).find((one) => Object.keys(one).every((name) => Object.hasOwn(auth, name)));
  if (!alternative) {
    const needed = (declared ?? []).map((one) => Object.keys(one).join(" and ")).join(", or ");
    throw new SdkError(`${policy.id}: there are no credentials for ${needed}`);
  }
  return Object.entries(alternative).map(([name, scopes]) => ({ name, scopes, auth: auth[name] as Auth }));
}

function isAuth(auth: Auth | Readonly<Record<string, Auth>>): auth is Auth {
  return typeof auth.apply === "function";
}

async function exchange(options: ClientOptions, policy: Policy, timeouts: Timeouts, sent: Sent): Promise<Reply> {
  const { id: operation, accept = [] } = policy;
  const { method, url, headers, body } = sent;
  const aborter = new AbortController();
  const cancel = (): void => aborter.abort();
  sent.signal.addEventListener("abort", cancel, { once: true });
  try {
    // A redirect may lead to another host; it is not followed, so that credentials don't go there.
    const init: RequestInit = { method, headers, redirect: "manual", signal: aborter.signal, ...(body && { body }) };
    // Of use to a `fetch` that records spans; the standard one does not look at it.
    const told = { ...init, template: policy.path };
    const first = timeouts.connect + timeouts.read;
    const late = (): Error => new DeadlineExceeded("response", first, operation);
    const response = await within((options.fetch ?? fetch)(url, told), first, late, cancel);
    const bytes = await readBody(response, timeouts.read, options.largestResponse ?? LARGEST, operation, cancel);
    const { status, headers: fields } = response;
    const secret = headers.get("authorization")?.split(" ").at(-1) ?? "";
    const value = valueOf(bytes, fields.get("content-type"), status, { operation, accept, secret });
    return { status, headers: fields, body: value };
  } catch (error) {
    if (error instanceof SdkError) throw error;
    // The library's error may lead to the request, so it goes no further.
    throw new ConnectionFailed(`${operation}: ${reasonOf(error)}`);
  } finally {
    sent.signal.removeEventListener("abort", cancel);
  }
}

/** What went wrong, without the address, whose query may be secret. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined;
  return typeof code === "string" ? `the connection failed (${code})` : "the connection failed";
}
