/** Requests signed with AWS Signature Version 4, as API Gateway asks for with IAM authorization. */

import { createHash, createHmac } from "node:crypto";
import { Secret } from "../settings.ts";
import type { Auth } from "./index.ts";
import type { Call } from "./resilient.ts";

const ALGORITHM = "AWS4-HMAC-SHA256";
const SIGNED = /^(?:host|content-type|x-amz-.*)$/;

/** An IAM access key, with a session token where it is temporary. */
export interface Credentials {
    readonly accessKeyId: string;
    readonly secretAccessKey: Secret;
    readonly sessionToken?: Secret;
}

/** The key in the AWS_* variables. Throws an Error, which names the variable that is missing. */
export function environmentCredentials(): Credentials {
    const token = process.env.AWS_SESSION_TOKEN;
    return {
        accessKeyId: variable("AWS_ACCESS_KEY_ID"),
        secretAccessKey: new Secret(variable("AWS_SECRET_ACCESS_KEY")),
        ...(token && { sessionToken: new Secret(token) }),
    };
}

/** Signs method, URL, host, content type, time and body. `credentials` is asked for each request: keys rotate. */
export class SigV4 implements Auth {
    readonly #region: string;
    readonly #service: string;
    readonly #credentials: () => Credentials;

    constructor(region: string, service: string, credentials = environmentCredentials) {
        this.#region = region;
        this.#service = service;
        this.#credentials = credentials;
    }

    /** Adds X-Amz-Date, X-Amz-Security-Token for a temporary key, and Authorization. */
    async authorize(call: Call): Promise<void> {
        const credentials = this.#credentials();
        const { url, headers } = call;
        headers.set("x-amz-date", new Date().toISOString().replace(/[-:]|\.\d{3}/g, ""));
        if (credentials.sessionToken !== undefined) {
            headers.set("x-amz-security-token", credentials.sessionToken.reveal());
        }
        // A space in the query is a plus here and there; what is signed knows only one way to write it.
        url.search = url.search.replaceAll("+", "%20");
        // Other fields may be changed on the way, by a proxy or the next attempt.
        const signed = [["host", url.host] as [string, string], ...headers].filter(([name]) => SIGNED.test(name));
        const path = normalized(url.pathname);
        headers.set(
            "authorization",
            authorization(credentials, this.#region, this.#service, {
                method: call.method,
                path,
                query: url.search.slice(1),
                headers: signed,
                body: call.body ?? new Uint8Array(0),
            }),
        );
    }
}

export interface Signable {
    readonly method: string;
    readonly path: string;
    readonly query: string;
    readonly headers: readonly (readonly [string, string])[];
    readonly body: Uint8Array;
}

/** The Authorization field for a request whose `headers`, X-Amz-Date among them, are all signed. */
export function authorization(credentials: Credentials, region: string, service: string, request: Signable): string {
    const { canonical, signed } = canonicalRequest(request);
    const moment = request.headers.find(([name]) => name.toLowerCase() === "x-amz-date")?.[1] ?? "";
    const scope = `${moment.slice(0, 8)}/${region}/${service}/aws4_request`;
    const toSign = `${ALGORITHM}\n${moment}\n${scope}\n${sha256(canonical)}`;
    let key: string | Buffer = `AWS4${credentials.secretAccessKey.reveal()}`;
    for (const part of scope.split("/")) {
        key = createHmac("sha256", key).update(part).digest();
    }
    const signature = createHmac("sha256", key).update(toSign).digest("hex");
    const credential = `${credentials.accessKeyId}/${scope}`;
    return `${ALGORITHM} Credential=${credential}, SignedHeaders=${signed}, Signature=${signature}`;
}

/** The canonical request, and the names of the headers in it. The path, as it is sent, is encoded once more. */
export function canonicalRequest(request: Signable): { canonical: string; signed: string } {
    const fields = new Map<string, string[]>();
    for (const [name, value] of request.headers) {
        const values = fields.get(name.toLowerCase()) ?? [];
        values.push(value.trim().replace(/\s+/g, " "));
        fields.set(name.toLowerCase(), values);
    }
    const names = [...fields.keys()].sort();
    const signed = names.join(";");
    const lines = [
        request.method,
        request.path.split("/").map(encoded).join("/"),
        pairs(request.query),
        ...names.map((name) => `${name}:${fields.get(name)?.join(",")}`),
        "",
        signed,
        sha256(request.body),
    ];
    return { canonical: lines.join("\n"), signed };
}

/** The path without empty and dot segments, as every service but S3 wants it signed. */
export function normalized(path: string): string {
    const kept: string[] = [];
    const segments = path.split("/");
    for (const segment of segments) {
        if (segment === "..") {
            kept.pop();
        } else if (segment !== "" && segment !== ".") {
            kept.push(segment);
        }
    }
    const isFolder = ["", ".", ".."].includes(segments.at(-1) ?? "") && kept.length > 0;
    return `/${kept.join("/")}${isFolder ? "/" : ""}`;
}

function pairs(query: string): string {
    const found = query.split("&").filter((pair) => pair !== "");
    return found
        .map((pair) => {
            const at = pair.indexOf("=");
            const [name, value] = at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
            return [encoded(decodeURIComponent(name)), encoded(decodeURIComponent(value))] as const;
        })
        .sort(([name, value], [other, more]) => compared(name, other) || compared(value, more))
        .map((pair) => pair.join("="))
        .join("&");
}

/** By code units, as the bytes of ASCII are ordered. */
function compared(one: string, other: string): number {
    return one < other ? -1 : one > other ? 1 : 0;
}

/** RFC 3986's unreserved characters stay, all others are encoded. */
function encoded(text: string): string {
    return encodeURIComponent(text).replace(
        /[!'()*]/g,
        (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
    );
}

function sha256(content: string | Uint8Array): string {
    return createHash("sha256").update(content).digest("hex");
}

function variable(name: string): string {
    const value = process.env[name];
    if (value === undefined || value === "") {
        throw new Error(`${name} is not set`);
    }
    return value;
}
