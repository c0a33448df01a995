/** From what a handler returns to what goes over the wire. */

import type { ServerResponse } from "node:http";
import { failure, logger } from "./logs.ts";
import { isJson } from "./media-types.ts";
import type { DeclaredResponse, GivenResponse, Operation, Stream } from "./operation.ts";
import { MEDIA_TYPE, type Problem } from "./problems.ts";
import { stringify } from "./strict-json.ts";

export type Headers = [name: string, value: string][];

/** A response ready to be sent. */
export interface Reply {
    readonly status: number;
    readonly mediaType: string | null;
    /** Their names are in lower case. */
    readonly headers: Headers;
    body: string | Stream;
}

/** The response that carries a problem. */
export function refusal(problem: Problem, traceId: string): Reply {
    const headers = Object.entries({ "cache-control": "no-store", ...problem.headers });
    return { status: problem.status, mediaType: MEDIA_TYPE, headers, body: problem.content(traceId) };
}

/** The whole body, read into memory where it is a stream. */
export async function collected(reply: Reply): Promise<Uint8Array> {
    if (typeof reply.body === "string" || reply.body instanceof Uint8Array) {
        return Buffer.from(reply.body as string);
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of reply.body) {
        chunks.push(chunk);
    }
    reply.body = Buffer.concat(chunks);
    return reply.body;
}

/** What is ready to be written: one by one, between other work, each would wake its caller and cost twice as much. */
let ready: (() => void)[] = [];
/** So that in a burst the first does not wait for the last. */
const MOST_READY = 16;

/** Write at the end of this turn of the event loop, together with what else is ready by then. */
function atEndOfTurn(write: () => void): void {
    if (ready.push(write) === 1) {
        setImmediate(writeReady);
    } else if (ready.length === MOST_READY) {
        writeReady();
    }
}

function writeReady(): void {
    const writes = ready;
    ready = [];
    for (const write of writes) {
        write();
    }
}

/** Send the response; without its body for HEAD (RFC 9110, section 9.3.2), or where its status has none. */
export function send(reply: Reply, response: ServerResponse, method: string): void {
    const withoutContent = reply.status === 204 || reply.status === 304;
    const { body } = reply;
    const isWhole = typeof body === "string" || body instanceof Uint8Array;
    const fields: string[] = [];
    for (const [name, value] of reply.headers) {
        fields.push(name, value);
    }
    if (!withoutContent && reply.mediaType !== null) {
        fields.push("content-type", reply.mediaType);
    }
    if (!withoutContent && isWhole && (body.length > 0 || reply.mediaType !== null)) {
        fields.push("content-length", String(Buffer.byteLength(body)));
    }
    response.writeHead(reply.status, fields);
    if (withoutContent || method === "HEAD") {
        atEndOfTurn(() => response.end());
    } else if (isWhole) {
        atEndOfTurn(() => response.end(body));
    } else {
        void pipe(body, response);
    }
}

/** Send piece by piece, no faster than the caller takes it. A stream that fails ends the connection, not the answer. */
async function pipe(body: AsyncIterable<Uint8Array>, response: ServerResponse): Promise<void> {
    try {
        for await (const chunk of body) {
            if (response.destroyed) {
                return;
            }
            if (!response.write(chunk)) {
                await drained(response);
            }
        }
        response.end();
    } catch (error) {
        logger("responses").error(failure(error), "A body could not be sent whole");
        response.destroy();
    }
}

/** Resolves when more can be written, or nobody is there to read it. */
function drained(response: ServerResponse): Promise<void> {
    return new Promise((resolve) => {
        const onEither = () => {
            response.off("drain", onEither).off("close", onEither);
            resolve();
        };
        response.on("drain", onEither).on("close", onEither);
    });
}

/** Writes the responses of one operation, and refuses those that the contract does not declare. */
export class ResponseWriter {
    readonly #handler: string;
    readonly #declared: ReadonlyMap<number | string, DeclaredResponse>;

    constructor(operation: Operation) {
        this.#handler = operation.handler;
        this.#declared = new Map(operation.responses.map((response) => [response.status, response]));
    }

    /** Throws TypeError for a response that is not as it is declared. */
    write(given: GivenResponse): Reply {
        const declared = this.#declared.get(given.status);
        if (declared === undefined) {
            throw new TypeError(`${this.#handler} returned the status ${given.status}, which is not declared`);
        }
        const status = typeof given.status === "number" ? given.status : given.code;
        if (status === undefined || !Number.isInteger(status) || status < 200 || status > 599) {
            throw new TypeError(`${this.#handler} returned ${given.status} with a code that is no status`);
        }
        const headers = this.#headers(declared, given);
        const mediaType = given.contentType ?? declared.mediaTypes?.[0] ?? null;
        if (mediaType === null) {
            return { status, mediaType, headers, body: "" };
        }
        if (!isJson(mediaType)) {
            // A range in the contract leaves the media type open, and a response needs one.
            const concrete = mediaType.includes("*") ? "application/octet-stream" : mediaType;
            return { status, mediaType: concrete, headers, body: given.body as Stream };
        }
        const body = stringify(given.body);
        if (body === undefined) {
            throw new TypeError(`${this.#handler} returned ${given.status} without its body`);
        }
        return { status, mediaType, headers, body };
    }

    #headers(declared: DeclaredResponse, given: GivenResponse): Headers {
        const headers: Headers = [];
        for (const [name, value] of Object.entries(given.headers ?? {})) {
            if (declared.headers?.includes(name) !== true) {
                throw new TypeError(`${this.#handler} returned the header ${name}, which is not declared`);
            }
            if (value !== undefined && value !== null) {
                headers.push([name.toLowerCase(), headerText(value)]);
            }
        }
        return headers;
    }
}

/** A header in the style `simple` of OpenAPI. */
function headerText(value: unknown): string {
    const text = Array.isArray(value) ? value.map(headerText).join(",") : String(value);
    // Visible characters of latin-1 and the space (RFC 9110, section 5.5).
    if (/[^\x20-\x7e\xa0-\xff]/.test(text)) {
        throw new TypeError("a header with a character that HTTP does not allow");
    }
    return text;
}
