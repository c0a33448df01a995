/** The contract's examples as answers, for a service that is not written yet (APP_MOCK=1). */

import { readFileSync } from "node:fs";
import { isJson } from "./media-types.ts";
import type { Reply } from "./responses.ts";

interface Example {
    readonly status: number;
    readonly media_type: string | null;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
}

/** The examples of a contract, by operation; read when the first is asked for. */
export class Examples {
    readonly #path: string;
    #examples: Readonly<Record<string, Example | null>> | undefined;

    constructor(path: string) {
        this.#path = path;
    }

    /** The example response of an operation; undefined where the contract gives none. */
    reply(operationId: string): Reply | undefined {
        this.#examples ??= JSON.parse(readFileSync(this.#path, "utf8")) as Record<string, Example | null>;
        const example = this.#examples[operationId];
        if (example === undefined || example === null) {
            return undefined;
        }
        const { status, media_type: mediaType, body } = example;
        const headers = Object.entries(example.headers).map(([name, value]): [string, string] => [
            name.toLowerCase(),
            value,
        ]);
        if (mediaType === null) {
            return { status, mediaType, headers, body: "" };
        }
        const asText = !isJson(mediaType) && (body === null || typeof body === "string");
        return { status, mediaType, headers, body: asText ? ((body as string) ?? "") : JSON.stringify(body) };
    }
}
