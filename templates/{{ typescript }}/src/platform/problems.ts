/**
 * Every failure the service answers with, as RFC 9457 problem details.
 *
 * A handler throws one of these: `throw new problems.NotFound("There is no such quote.")`. The caller reads `detail`, so
 * it holds nothing internal and nothing secret.
 */

import type { Location } from "./operation.ts";

export const TYPE_BASE = "https://paviour.github.io/paviour/standards/problems#";
export const MEDIA_TYPE = "application/problem+json";

/** One violation: what is wrong, in which part of the request, and the JSON Pointer of the place in that part. */
export interface Fault {
    readonly detail: string;
    readonly in: Location | "body";
    readonly pointer: string;
}

export interface ProblemOptions {
    readonly errors?: readonly Fault[];
    /** They go out with the problem; their names are in lower case. */
    readonly headers?: Readonly<Record<string, string>>;
    readonly cause?: unknown;
}

/** A failure with a documented `type`. */
export abstract class Problem extends Error {
    abstract readonly slug: string;
    abstract readonly status: number;
    abstract readonly title: string;
    readonly detail: string | undefined;
    readonly errors: readonly Fault[];
    readonly headers: Record<string, string>;

    constructor(detail?: string, options: ProblemOptions = {}) {
        super(detail, { cause: options.cause });
        this.detail = detail;
        this.errors = options.errors ?? [];
        this.headers = { ...options.headers };
    }

    /** The problem details object (RFC 9457, section 3), with the W3C trace id of the request. */
    content(traceId: string): string {
        return JSON.stringify({
            type: TYPE_BASE + this.slug,
            title: this.title,
            status: this.status,
            detail: this.detail,
            trace_id: traceId,
            errors: this.errors.length > 0 ? this.errors : undefined,
        });
    }
}

export class MalformedRequest extends Problem {
    readonly slug = "malformed-request";
    readonly status = 400;
    readonly title = "The request is malformed";
}

export class IdempotencyKeyMissing extends Problem {
    readonly slug = "idempotency-key-missing";
    readonly status = 400;
    readonly title = "The Idempotency-Key header is missing";
}

export class TokenMissing extends Problem {
    readonly slug = "token-missing";
    readonly status = 401;
    readonly title = "An access token is needed";
}

export class TokenInvalid extends Problem {
    readonly slug = "token-invalid";
    readonly status = 401;
    readonly title = "The access token is not valid";
}

export class InsufficientScope extends Problem {
    readonly slug = "insufficient-scope";
    readonly status = 403;
    readonly title = "The access token lacks a scope";
}

export class Forbidden extends Problem {
    readonly slug = "forbidden";
    readonly status = 403;
    readonly title = "The caller may not do this";
}

export class NotFound extends Problem {
    readonly slug = "not-found";
    readonly status = 404;
    readonly title = "There is nothing here";
}

export class MethodNotAllowed extends Problem {
    readonly slug = "method-not-allowed";
    readonly status = 405;
    readonly title = "The resource does not have this method";
}

export class NotAcceptable extends Problem {
    readonly slug = "not-acceptable";
    readonly status = 406;
    readonly title = "No representation the caller accepts";
}

export class RequestTimeout extends Problem {
    readonly slug = "request-timeout";
    readonly status = 408;
    readonly title = "The request took too long to arrive";
}

export class Conflict extends Problem {
    readonly slug = "conflict";
    readonly status = 409;
    readonly title = "The request conflicts with the resource's state";
}

export class IdempotencyInProgress extends Problem {
    readonly slug = "idempotency-in-progress";
    readonly status = 409;
    readonly title = "A request with this idempotency key is being processed";
}

export class Gone extends Problem {
    readonly slug = "gone";
    readonly status = 410;
    readonly title = "The operation is no longer offered";
}

export class PreconditionFailed extends Problem {
    readonly slug = "precondition-failed";
    readonly status = 412;
    readonly title = "A precondition of the request does not hold";
}

export class ContentTooLarge extends Problem {
    readonly slug = "content-too-large";
    readonly status = 413;
    readonly title = "The request body is too large";
}

export class UriTooLong extends Problem {
    readonly slug = "uri-too-long";
    readonly status = 414;
    readonly title = "The request target is too long";
}

export class UnsupportedMediaType extends Problem {
    readonly slug = "unsupported-media-type";
    readonly status = 415;
    readonly title = "The request body's media type is not supported";
}

export class ContractViolation extends Problem {
    readonly slug = "contract-violation";
    readonly status = 422;
    readonly title = "The request violates the contract";
}

export class IdempotencyKeyReused extends Problem {
    readonly slug = "idempotency-key-reused";
    readonly status = 422;
    readonly title = "The idempotency key was used for another request";
}

export class PreconditionRequired extends Problem {
    readonly slug = "precondition-required";
    readonly status = 428;
    readonly title = "The request needs a precondition";
}

export class RateLimited extends Problem {
    readonly slug = "rate-limited";
    readonly status = 429;
    readonly title = "Too many requests";
}

export class HeadersTooLarge extends Problem {
    readonly slug = "headers-too-large";
    readonly status = 431;
    readonly title = "The request headers are too large";
}

export class InternalError extends Problem {
    readonly slug = "internal-error";
    readonly status = 500;
    readonly title = "The service failed";
}

/** What the stub of an operation throws until the team writes it. */
export class NotImplementedYet extends Problem {
    readonly slug = "not-implemented";
    readonly status = 501;
    readonly title = "The operation is not implemented yet";

    constructor(operationId: string) {
        super(`The operation ${operationId} is not implemented yet.`);
    }
}

export class Unavailable extends Problem {
    readonly slug = "unavailable";
    readonly status = 503;
    readonly title = "The service can't answer now";
}

export class Overloaded extends Problem {
    readonly slug = "overloaded";
    readonly status = 503;
    readonly title = "The service is overloaded";
}

export class DeadlineExceeded extends Problem {
    readonly slug = "deadline-exceeded";
    readonly status = 503;
    readonly title = "The operation took too long";
}
