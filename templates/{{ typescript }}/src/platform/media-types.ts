/** Content negotiation (RFC 9110, sections 8.3 and 12.5.1). */

import { cached } from "./cached.ts";

/** Whether content of this media type is one JSON text: `application/json`, or the suffix `+json` (RFC 6839). */
export const isJson = cached((mediaType: string): boolean => {
    const { essence } = split(mediaType);
    return essence === "application/json" || essence.endsWith("+json");
});

/** The first of a contract's media types, which may be ranges, that a `Content-Type` is of. */
export function declared(contentType: string, mediaTypes: readonly string[]): string | undefined {
    const { essence, parameters } = parsed(contentType);
    if (isJson(essence) && (parameters.get("charset") ?? "utf-8") !== "utf-8") {
        return undefined;
    }
    return mediaTypes.find((known) => matches(parsed(known).essence, essence));
}

/** Whether an `Accept` field admits any of the media types: the most specific range decides on each. */
export function acceptable(accept: string, mediaTypes: readonly string[]): boolean {
    const ranges = listed(accept);
    if (ranges.length === 0) {
        return true;
    }
    return mediaTypes.some((mediaType) => {
        const { essence } = parsed(mediaType);
        const decisive = ranges.find((range) => matches(range.essence, essence));
        return decisive !== undefined && /[^0.]/.test(decisive.parameters.get("q") ?? "1");
    });
}

interface MediaType {
    readonly essence: string;
    readonly parameters: ReadonlyMap<string, string>;
}

const parsed = cached(split);

const listed = cached((accept: string): readonly MediaType[] =>
    accept
        .split(",")
        .filter((part) => part.trim())
        .map(split)
        .sort((one, other) => wildcards(one) - wildcards(other)),
);

function split(text: string): MediaType {
    const [essence = "", ...rest] = text.toLowerCase().split(";");
    const parameters = new Map<string, string>();
    for (const parameter of rest) {
        const at = parameter.indexOf("=");
        const name = at < 0 ? parameter : parameter.slice(0, at);
        const value = at < 0 ? "" : parameter.slice(at + 1);
        parameters.set(name.trim(), value.trim().replace(/^"+|"+$/g, ""));
    }
    return { essence: essence.trim(), parameters };
}

function wildcards(range: MediaType): number {
    return range.essence.split("*").length;
}

function matches(known: string, essence: string): boolean {
    return known === essence || known === "*/*" || (known.endsWith("/*") && essence.startsWith(known.slice(0, -1)));
}
