/**
 * From a request's raw path to an operation of the contract.
 *
 * The raw path is split before it is decoded, so an escaped slash is part of its segment (RFC 3986, section 2.2).
 * Concrete paths come before templated ones (OpenAPI, "Path Templating Matching").
 */

const TEMPLATE = /\{([^{}]+)\}/g;
const UNRESERVED = /[\p{L}\p{N}._~-]/u;

export interface Target<T> {
    readonly target: T;
    /** Of the path's parameters, in their order. */
    readonly names: readonly string[];
}

/** One path of the contract: what serves it, by method. */
export class Resource<T> {
    readonly methods = new Map<string, Target<T>>();

    /** The value of the `Allow` header (RFC 9110, section 10.2.1). */
    get allow(): string {
        const allowed = new Set([...this.methods.keys(), "OPTIONS"]);
        if (allowed.has("GET")) {
            allowed.add("HEAD");
        }
        return [...allowed].sort().join(", ");
    }

    /** What serves the method; HEAD is served as GET (RFC 9110, section 9.3.2). */
    target(method: string): Target<T> | undefined {
        return this.methods.get(method) ?? (method === "HEAD" ? this.methods.get("GET") : undefined);
    }
}

/** A resource and the values of its path's parameters, still percent-encoded. */
export interface Match<T> {
    readonly resource: Resource<T>;
    readonly values: readonly string[];
}

interface Node<T> {
    readonly literals: Map<string, Node<T>>;
    readonly patterns: { readonly source: string; readonly expression: RegExp; readonly node: Node<T> }[];
    resource?: Resource<T>;
}

/** Finds what serves a path, with or without the path of the contract's server URL before it. */
export class Router<T> {
    readonly #basePath: string;
    readonly #root: Node<T> = { literals: new Map(), patterns: [] };
    readonly #concrete = new Map<string, Match<T>>();

    /** `basePath` is empty or starts with a slash. */
    constructor(basePath = "") {
        this.#basePath = basePath.replace(/\/+$/, "");
    }

    add(method: string, path: string, target: T): void {
        let node = this.#root;
        const names: string[] = [];
        for (const segment of path.split("/").slice(1)) {
            if (segment.includes("{")) {
                names.push(...[...segment.matchAll(TEMPLATE)].map((found) => found[1] as string));
                node = templated(node, segment);
            } else {
                const literal = unquoted(segment);
                let next = node.literals.get(literal);
                if (next === undefined) {
                    next = { literals: new Map(), patterns: [] };
                    node.literals.set(literal, next);
                }
                node = next;
            }
        }
        node.resource ??= new Resource();
        if (names.length === 0) {
            this.#concrete.set(path, { resource: node.resource, values: [] });
        }
        node.resource.methods.set(method.toUpperCase(), { target, names });
    }

    match(rawPath: string): Match<T> | undefined {
        if (this.#basePath !== "" && rawPath.startsWith(`${this.#basePath}/`)) {
            const found = this.#match(rawPath.slice(this.#basePath.length));
            if (found !== undefined) {
                return found;
            }
        }
        return this.#match(rawPath);
    }

    #match(path: string): Match<T> | undefined {
        return this.#concrete.get(path) ?? descend(this.#root, path.split("/"), 1);
    }
}

function templated<T>(node: Node<T>, segment: string): Node<T> {
    const literals = segment.split(TEMPLATE).filter((_, at) => at % 2 === 0);
    const source = literals.map((literal) => [...literal].map(eitherForm).join("")).join("(.+)");
    const known = node.patterns.find((pattern) => pattern.source === source);
    if (known !== undefined) {
        return known.node;
    }
    const next: Node<T> = { literals: new Map(), patterns: [] };
    node.patterns.push({ source, expression: new RegExp(`^(?:${source})$`, "s"), node: next });
    // The segment that says more is tried first: `{name}.json` before `{name}`.
    node.patterns.sort((one, other) => other.source.length - one.source.length);
    return next;
}

/** A literal character, which a client may also write percent-encoded. */
function eitherForm(character: string): string {
    const escaped = character.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    if (UNRESERVED.test(character)) {
        return escaped;
    }
    const encoded = [...Buffer.from(character)].map((byte) => {
        const digits = byte.toString(16).padStart(2, "0");
        return `%${[...digits].map((digit) => `[${digit}${digit.toUpperCase()}]`).join("")}`;
    });
    return `(?:${escaped}|${encoded.join("")})`;
}

function descend<T>(node: Node<T>, segments: readonly string[], at: number): Match<T> | undefined {
    const segment = segments[at];
    if (segment === undefined) {
        return node.resource === undefined ? undefined : { resource: node.resource, values: [] };
    }
    const literal = node.literals.get(segment.includes("%") ? unquoted(segment) : segment);
    if (literal !== undefined) {
        const found = descend(literal, segments, at + 1);
        if (found !== undefined) {
            return found;
        }
    }
    for (const pattern of node.patterns) {
        const matched = pattern.expression.exec(segment);
        if (matched !== null) {
            const found = descend(pattern.node, segments, at + 1);
            if (found !== undefined) {
                return { resource: found.resource, values: [...matched.slice(1), ...found.values] };
            }
        }
    }
    return undefined;
}

/** The text with its escapes decoded, as far as they are any. */
function unquoted(text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}
