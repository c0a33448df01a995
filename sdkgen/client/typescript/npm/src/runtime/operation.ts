/** An operation of the contract: how it is called, as data, and the function that calls it. */

import type { Scheme } from "./auth.ts";
import type { Client } from "./client.ts";
import type { ApiErrorClass } from "./errors.ts";
import { ApiError } from "./errors.ts";
import type { CallOptions } from "./options.ts";
import type { Parameter } from "./parameters.ts";
import { covers, type Reply } from "./reply.ts";

/** What the contract says of an operation that is behaviour and not a type. */
export interface Policy {
  readonly id: string;
  readonly method: string;
  /** Below the server's URL, with parameters as `{name}`. */
  readonly path: string;
  /** `safe`: repeating it has no further effect. `with-key`: none where an idempotency key goes with it. */
  readonly retry: "safe" | "with-key" | "never";
  /** The argument that is the idempotency key. Where the caller gives none, the client makes one for each call. */
  readonly key?: string;
  /** Milliseconds, where they are not the client's usual ones. */
  readonly timeouts?: { readonly connect?: number; readonly read?: number; readonly total?: number };
  readonly parameters?: readonly Parameter[];
  /** The media types of the body, the usual one first. */
  readonly body?: readonly string[];
  /** The media types that are read, those of success first. */
  readonly accept?: readonly string[];
  /** Statuses beside 2xx that are an answer and no error, such as 304. */
  readonly answers?: readonly string[];
  /** Alternatives of schemes with their scopes; an empty one lets anybody in. */
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly schemes?: Readonly<Record<string, Scheme>>;
  /** Problem types that the contract documents, each with its error. */
  readonly problems?: Readonly<Record<string, ApiErrorClass>>;
}

/** A response as the contract describes it. */
export interface Result<Body> extends Reply {
  readonly body: Body;
}

/** The arguments, which may be left out where none is needed. */
export type Given<Arguments, Rest extends unknown[]> =
  Record<never, never> extends Arguments ? [given?: Arguments, ...Rest] : [given: Arguments, ...Rest];

export interface Operation<Arguments, Responses, Success extends keyof Responses> {
  /** Call it. Throws SdkError: an ApiError where the service answers, but not with success. */
  (client: Client, ...rest: Given<Arguments, [options?: CallOptions]>): Promise<Responses[Success]>;
  /** Call it, and have the status and headers too. */
  result(client: Client, ...rest: Given<Arguments, [options?: CallOptions]>): Promise<Result<Responses[Success]>>;
  /** Is it the response with this status that this operation documents? Its body is typed then. */
  failed<Status extends keyof Responses>(
    error: unknown,
    status: Status,
  ): error is ApiError & { readonly body: Responses[Status] };
  readonly policy: Policy;
}

export function operation<Arguments, Responses, Success extends keyof Responses>(
  policy: Policy,
): Operation<Arguments, Responses, Success> {
  type Rest = Given<Arguments, [options?: CallOptions]>;
  const result = async (client: Client, ...rest: Rest): Promise<Result<Responses[Success]>> => {
    const [given, options] = rest as [given?: object, options?: CallOptions];
    return (await client.send(policy, given ?? {}, options)) as Result<Responses[Success]>;
  };
  const failed = (error: unknown, status: keyof Responses): boolean =>
    error instanceof ApiError && error.operation === policy.id && covers(String(status), error.status);
  const call = async (client: Client, ...rest: Rest): Promise<Responses[Success]> => (await result(client, ...rest)).body;
  return Object.assign(call, { result, failed, policy }) as unknown as Operation<Arguments, Responses, Success>;
}
