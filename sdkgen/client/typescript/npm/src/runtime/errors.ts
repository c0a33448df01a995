/**
 * What a call may throw. Everything is an `SdkError`; what the service answered is an `ApiError`, with a class for
 * each status. No error holds a credential, nor a header or body of the request.
 */

import { essenceOf } from "./media.ts";
import type { Reply } from "./reply.ts";

/** Problem details (RFC 9457), with whatever members the service adds. */
export interface Problem {
  readonly type?: string;
  readonly title?: string;
  readonly status?: number;
  readonly detail?: string;
  readonly instance?: string;
  readonly [member: string]: unknown;
}

export class SdkError extends Error {
  override name: string = "SdkError";
}

/** There is no answer that could be used. */
export class CallFailed extends SdkError {
  override name: string = "CallFailed";
}

/** The service could not be reached, or the connection broke. */
export class ConnectionFailed extends CallFailed {
  override name: string = "ConnectionFailed";
}

/** The call took longer than it may. `limit` is the limit that ran out. */
export class DeadlineExceeded extends CallFailed {
  override name: string = "DeadlineExceeded";
  readonly limit: "response" | "read" | "total";

  constructor(limit: "response" | "read" | "total", milliseconds: number, operation: string) {
    super(`${operation}: the ${limit} limit of ${milliseconds} ms ran out`);
    this.limit = limit;
  }
}

/** The service failed again and again a moment ago, so it was not called. */
export class CircuitOpen extends CallFailed {
  override name: string = "CircuitOpen";
}

/** There is no token to be had. `temporary`: the issuer was not reached, and may be there a moment later. */
export class AuthenticationFailed extends CallFailed {
  override name: string = "AuthenticationFailed";
  readonly temporary: boolean;

  constructor(message: string, temporary = false) {
    super(message);
    this.temporary = temporary;
  }
}

/** The response is larger than the client allows. */
export class ResponseTooLarge extends CallFailed {
  override name: string = "ResponseTooLarge";
}

/** The answer says that it is a success, but is not what the contract says. */
export class InvalidResponse extends CallFailed {
  override name: string = "InvalidResponse";
  readonly status: number;

  constructor(status: number, operation: string) {
    super(`${operation}: the answer ${status} is not what the contract says`);
    this.status = status;
  }
}

/** The service answered, but not with success. */
export class ApiError extends SdkError {
  override name: string = "ApiError";
  readonly operation: string;
  readonly status: number;
  readonly headers: Headers;
  /** As parsed from JSON, else text or a `Blob`. */
  readonly body: unknown;
  /** The body where it is problem details. */
  readonly problem: Problem | undefined;
  /** What to quote when asking for help. */
  readonly requestId: string | undefined;

  constructor(operation: string, reply: Reply) {
    const problem = problemOf(reply);
    const reason = problem?.title ?? problem?.detail ?? "";
    super(`${operation}: ${reply.status}${reason ? ` ${reason}` : ""}`);
    this.operation = operation;
    this.status = reply.status;
    this.headers = reply.headers;
    this.body = reply.body;
    this.problem = problem;
    this.requestId = requestIdOf(reply, problem);
  }

  /** The problem's type, `about:blank` where it has none. */
  get type(): string {
    return this.problem?.type ?? "about:blank";
  }
}

/** A redirect: it is not followed, because credentials belong to one origin. `headers` has the `Location`. */
export class Redirected extends ApiError {
  override name: string = "Redirected";
}
export class ClientError extends ApiError {
  override name: string = "ClientError";
}
export class BadRequest extends ClientError {
  override name: string = "BadRequest";
}
export class Unauthorized extends ClientError {
  override name: string = "Unauthorized";
}
export class Forbidden extends ClientError {
  override name: string = "Forbidden";
}
export class NotFound extends ClientError {
  override name: string = "NotFound";
}
export class Conflict extends ClientError {
  override name: string = "Conflict";
}
export class PreconditionFailed extends ClientError {
  override name: string = "PreconditionFailed";
}
export class UnprocessableContent extends ClientError {
  override name: string = "UnprocessableContent";
}
export class TooManyRequests extends ClientError {
  override name: string = "TooManyRequests";
}
export class ServerError extends ApiError {
  override name: string = "ServerError";
}
export class ServiceUnavailable extends ServerError {
  override name: string = "ServiceUnavailable";
}

export type ApiErrorClass = new (operation: string, reply: Reply) => ApiError;

const BY_STATUS: Readonly<Record<number, ApiErrorClass>> = {
  400: BadRequest,
  401: Unauthorized,
  403: Forbidden,
  404: NotFound,
  409: Conflict,
  410: NotFound,
  412: PreconditionFailed,
  422: UnprocessableContent,
  428: PreconditionFailed,
  429: TooManyRequests,
  502: ServiceUnavailable,
  503: ServiceUnavailable,
  504: ServiceUnavailable,
};
// A browser tells nothing of a redirect, not even its status: that is 0.
const BY_CLASS: Readonly<Record<number, ApiErrorClass>> = { 0: Redirected, 3: Redirected, 4: ClientError, 5: ServerError };

/** The error of a response: by the problem's type where the contract knows it, else by the status. */
export function errorOf(
  operation: string,
  reply: Reply,
  problems: Readonly<Record<string, ApiErrorClass>> = {},
): ApiError {
  const type = problemOf(reply)?.type;
  const named = type !== undefined && Object.hasOwn(problems, type) ? problems[type] : undefined;
  const found = named ?? BY_STATUS[reply.status] ?? BY_CLASS[Math.floor(reply.status / 100)] ?? ApiError;
  return new found(operation, reply);
}

function problemOf(reply: Reply): Problem | undefined {
  const essence = essenceOf(reply.headers.get("content-type"));
  const body = reply.body;
  return essence === "application/problem+json" && typeof body === "object" && body !== null && !Array.isArray(body)
    ? (body as Problem)
    : undefined;
}

function requestIdOf(reply: Reply, problem: Problem | undefined): string | undefined {
  for (const name of ["x-request-id", "request-id", "x-amzn-requestid", "x-correlation-id"]) {
    const value = reply.headers.get(name);
    if (value) return value;
  }
  const trace = problem?.["trace_id"];
  return typeof trace === "string" ? trace : undefined;
}
