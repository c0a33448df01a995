/** The HTTP server: Node's own, whose refusals are problems too, and which stops without losing a request. */

import { randomBytes } from "node:crypto";
import {
    createServer as createNodeServer,
    type IncomingMessage,
    METHODS,
    type RequestListener,
    type Server,
    STATUS_CODES,
} from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { logger } from "./logs.ts";
import { HeadersTooLarge, MalformedRequest, MEDIA_TYPE, type Problem, RequestTimeout, UriTooLong } from "./problems.ts";
import type { PlatformSettings } from "./settings.ts";

const MAX_TARGET_BYTES = 8192;
const MAX_HEADER_BYTES = 32_768;
const MAX_FIELDS = 1000;
const HEADER_MILLISECONDS = 10_000;
// RFC 3986, section 3.2.2, with a port; empty where the target has no authority.
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(?::[0-9]*)?$/;
// RFC 9112, section 3.2.2: what is behind the host is a target in origin form, or its path is empty.
const ABSOLUTE = /^https?:\/\/([^/?]+)(.*)$/is;

/** The options of Node's server. What it would refuse with an answer of its own is left to `checkHead`. */
const OPTIONS = {
    // Three times what is admitted, so that most of what is too much can be told apart.
    maxHeaderSize: 3 * MAX_HEADER_BYTES,
    requireHostHeader: false,
    insecureHTTPParser: false,
    // Fields of one name are combined (RFC 9110, section 5.3); Node would drop all but the first of some.
    joinDuplicateHeaders: true,
    headersTimeout: HEADER_MILLISECONDS,
    requestTimeout: 0,
    connectionsCheckingInterval: 500,
    keepAliveTimeout: 65_000,
} as const;

/** Node's server, whose every request goes to `listener`. */
export function createServer(listener: RequestListener, settings: PlatformSettings): Server {
    const server = createNodeServer(OPTIONS, listener);
    // Whether the caller may go on is the pipeline's to say; any other expectation is left alone.
    server.on("checkContinue", listener);
    server.on("checkExpectation", listener);
    // Node would leave out what is beyond its own bound.
    server.maxHeadersCount = 0;
    server.on("connect", (_, socket) => refuseConnection(new Error("CONNECT"), socket as Socket, settings));
    return server;
}

/** Every method that Node's parser knows, but for CONNECT, which is no request for a resource. */
export const ALL_METHODS = METHODS.filter((method) => method !== "CONNECT");

/** A target in origin form, whatever its form; it is returned as it is where it has none (RFC 9112, section 3.2). */
export function originForm(target: string): string {
    if (target.startsWith("/")) {
        return target;
    }
    const [, host, rest = ""] = ABSOLUTE.exec(target) ?? [];
    if (host === undefined || !HOST.test(host)) {
        return target;
    }
    return rest.startsWith("/") ? rest : `/${rest}`;
}

/** Refuse the head of a request that is too much, or not to be trusted. Throws a Problem. */
export function checkHead({ url = "", headers, rawHeaders, httpVersion }: IncomingMessage): void {
    if (url.length > MAX_TARGET_BYTES) {
        throw new UriTooLong(`A request target may have ${MAX_TARGET_BYTES} bytes.`, { headers: CLOSE });
    }
    let bytes = 0;
    let hosts = 0;
    for (let at = 0; at < rawHeaders.length; at += 2) {
        const name = rawHeaders[at] as string;
        bytes += name.length + (rawHeaders[at + 1] as string).length;
        if (name.length === 4 && name.toLowerCase() === "host") {
            hosts++;
        }
    }
    if (bytes > MAX_HEADER_BYTES || rawHeaders.length > 2 * MAX_FIELDS) {
        throw new HeadersTooLarge(HEADERS_TOO_LARGE, { headers: CLOSE });
    }
    if (httpVersion !== "1.1" && httpVersion !== "1.0") {
        throw malformed("This is not an HTTP/1.1 request (RFC 9112).");
    }
    if (hosts > 1 || (hosts === 0 && httpVersion === "1.1")) {
        throw malformed("A request has one Host field (RFC 9112, section 3.2).");
    }
    if (headers.host !== undefined && !HOST.test(headers.host)) {
        throw malformed("The Host field names no host (RFC 9110, section 7.2).");
    }
    if ((headers["transfer-encoding"] ?? "chunked").toLowerCase() !== "chunked") {
        throw malformed("The only transfer coding is chunked (RFC 9112, section 6.1).");
    }
    if (!/^[/*][^#]*$/.test(originForm(url))) {
        throw malformed("The request target is none (RFC 9112, section 3.2).");
    }
}

const CLOSE = { connection: "close" };
const HEADERS_TOO_LARGE = `There may be ${MAX_FIELDS} header fields of ${MAX_HEADER_BYTES} bytes in all.`;

function malformed(detail: string): MalformedRequest {
    return new MalformedRequest(detail, { headers: CLOSE });
}

/** What Node says of a request that its parser refuses. */
interface ParserError extends Error {
    readonly code?: string;
    readonly rawPacket?: Buffer;
}

/** Answer what Node's parser refuses, and close: what follows on the connection can't be trusted. */
export function refuseConnection(error: ParserError, socket: Socket, settings: PlatformSettings): void {
    // Nobody is there, or an answer is under way, whose end would be taken for this one's.
    if (error.code === "ECONNRESET" || !socket.writable) {
        socket.destroy();
        return;
    }
    const problem = problemOf(error);
    const traceId = randomBytes(16).toString("hex");
    logger("server").info({ "trace.id": traceId }, `A request was refused by the server: ${problem.slug}`);
    const content = problem.content(traceId);
    const fields = [
        ...responseFields(settings),
        ["content-type", MEDIA_TYPE],
        ["content-length", String(Buffer.byteLength(content))],
        ["cache-control", "no-store"],
        ["connection", "close"],
        ["date", new Date().toUTCString()],
    ];
    const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${head}\r\n${content}`);
}

function problemOf(error: ParserError): Problem {
    switch (error.code) {
        case "HPE_HEADER_OVERFLOW":
            // A first line that has no end yet is what is too long.
            return error.rawPacket !== undefined && /^[A-Z]+ [^\r\n]*$/.test(error.rawPacket.toString("latin1"))
                ? new UriTooLong(`A request target may have ${MAX_TARGET_BYTES} bytes.`)
                : new HeadersTooLarge(HEADERS_TOO_LARGE);
        case "ERR_HTTP_REQUEST_TIMEOUT":
            return new RequestTimeout();
        default:
            return new MalformedRequest("This is not an HTTP/1.1 request (RFC 9112).");
    }
}

/** What the head of every response has, whoever writes it: the handlers, the platform, or the server itself. */
export function responseFields(settings: PlatformSettings): [string, string][] {
    const fields: [string, string][] = [["x-content-type-options", "nosniff"]];
    if (settings.appEnv === "prod") {
        // RFC 6797. A year; its sub-domains are not this service's to decide about.
        fields.push(["strict-transport-security", "max-age=31536000"]);
    }
    return fields;
}

export interface Stop {
    /** Say that it is not ready. */
    announce(): void;
    /** Answer whoever still waits. */
    giveUp(): void;
}

/**
 * Serve until a signal says stop: not ready, then, when the load balancer has had time to see it, closed and drained.
 *
 * What is still running `shutdownGraceSeconds` after the signal is given up.
 */
export async function serve(app: FastifyInstance, settings: PlatformSettings, stop: Stop): Promise<void> {
    const address = await app.listen({ host: settings.host, port: settings.port });
    logger("server").info(`Serving on ${address}`);
    const graceMilliseconds = settings.shutdownGraceSeconds * 1000;
    await stopSignal(graceMilliseconds / 4, () => stop.announce());
    const closed = app.close();
    const giveUp = setTimeout(
        () => {
            stop.giveUp();
            // The answers are on their way; then nothing is waited for.
            setTimeout(() => app.server.closeAllConnections(), 1000).unref();
        },
        (graceMilliseconds * 3) / 4,
    );
    await closed;
    clearTimeout(giveUp);
}

/** Resolves when it is time to close: after the announcement for SIGTERM, at once for SIGINT and a second signal. */
function stopSignal(announceMilliseconds: number, announce: () => void): Promise<void> {
    return new Promise((resolve) => {
        let announced = false;
        const onSignal = (signal: NodeJS.Signals) => {
            announce();
            if (announced || signal === "SIGINT") {
                resolve();
            } else {
                announced = true;
                setTimeout(resolve, announceMilliseconds);
            }
        };
        process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
    });
}
