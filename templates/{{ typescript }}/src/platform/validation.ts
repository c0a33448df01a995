/** The contract's own JSON Schemas, executed. */

import { readFileSync } from "node:fs";
import type { ErrorObject, ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { FORMATS } from "./formats.ts";
import { KEYWORDS } from "./keywords.ts";
import type { Location } from "./operation.ts";
import type { Values } from "./parameters.ts";
import type { Fault } from "./problems.ts";

const MAX_FAULTS = 20;
const MAX_TEXT = 300;
/** A body with more bytes than this has its first fault told only: all of them may be as many as it has values. */
const LARGE = 65_536;
const DOCUMENT = "https://contract.invalid/";

interface Document {
    readonly operations: Record<string, { responses?: Record<string, unknown> }>;
}

/** The schemas of the contract's operations; a validator is compiled when its operation is first called. */
export class Schemas {
    readonly #text: string;
    readonly #document: Document;
    readonly #validators = new Map<string, ValidateFunction | null>();
    readonly #compilers = new Map<boolean, Ajv2020>();

    constructor(path: string) {
        this.#text = readFileSync(path, "utf8");
        this.#document = JSON.parse(this.#text);
    }

    /** The violations in `{location: {name: value}}`. */
    parameterFaults(operationId: string, parameters: Values): Fault[] {
        return this.#faults(["operations", operationId, "parameters"], parameters, 0);
    }

    /** The violations in a request's JSON body, whose text has `size` bytes. */
    bodyFaults(operationId: string, mediaType: string, body: unknown, size: number): Fault[] {
        return this.#faults(["operations", operationId, "body", mediaType], body, size, "body");
    }

    /** The violations in a response's JSON body, by the most specific declaration of its status. */
    responseFaults(operationId: string, status: number, mediaType: string, body: unknown): Fault[] {
        const declared = this.#document.operations[operationId]?.responses ?? {};
        const key = [String(status), `${Math.floor(status / 100)}XX`, "default"].find((name) => name in declared);
        return key === undefined
            ? []
            : this.#faults(["operations", operationId, "responses", key, mediaType], body, 0, "body");
    }

    #faults(path: readonly string[], instance: unknown, size: number, where?: "body"): Fault[] {
        const validate = this.#validator(path, size > LARGE);
        if (validate === null || validate(instance)) {
            return [];
        }
        const errors = meant((validate.errors ?? []).filter((error) => error.keyword !== "if"));
        return errors.slice(0, MAX_FAULTS).map((error) => fault(error, where));
    }

    #validator(path: readonly string[], first: boolean): ValidateFunction | null {
        const key = `${first} ${path.join("\n")}`;
        let found = this.#validators.get(key);
        if (found === undefined) {
            found = this.#compile(path, first);
            this.#validators.set(key, found);
        }
        return found;
    }

    #compile(path: readonly string[], first: boolean): ValidateFunction | null {
        let place: unknown = this.#document;
        for (const name of path) {
            if (typeof place !== "object" || place === null || !Object.hasOwn(place, name)) {
                return null;
            }
            place = (place as Record<string, unknown>)[name];
        }
        const pointer = path.map((name) => `/${encodeURIComponent(escaped(name))}`).join("");
        return this.#compiler(!first).compile({ $ref: `${DOCUMENT}#${pointer}` });
    }

    #compiler(allErrors: boolean): Ajv2020 {
        let found = this.#compilers.get(allErrors);
        if (found === undefined) {
            found = this.#made(allErrors);
            this.#compilers.set(allErrors, found);
        }
        return found;
    }

    #made(allErrors: boolean): Ajv2020 {
        const ajv = new Ajv2020({
            allErrors,
            // What the contract's author meant is not guessed at; what it says is checked whole.
            strictSchema: true,
            strictNumbers: true,
            strictTypes: false,
            strictTuples: false,
            strictRequired: false,
            coerceTypes: false,
            removeAdditional: false,
            useDefaults: false,
            ownProperties: true,
            validateSchema: false,
            unicodeRegExp: true,
            code: { regExp: Object.assign(expression, { code: "expression" }), process: withOwnMembers },
        });
        for (const keyword of KEYWORDS) {
            ajv.removeKeyword(keyword.keyword as string);
            ajv.addKeyword(keyword);
        }
        // A format that is not known is an annotation (JSON Schema Validation, section 7.2.3).
        for (const [, name] of this.#text.matchAll(/"format":"([^"\\]+)"/g)) {
            ajv.addFormat(name as string, FORMATS[name as string] ?? true);
        }
        // The parts of the document, which are no keywords, and stand at its top.
        ajv.addVocabulary(Object.keys(this.#document).filter((name) => !name.startsWith("$")));
        return ajv.addSchema(this.#document, DOCUMENT);
    }
}

/** The code of a validator, which looks up what was evaluated in objects that inherit: `constructor` is found in any. */
function withOwnMembers(code: string): string {
    return code.replaceAll(/!(props\d+)\[(key\d+)\]/g, "!Object.hasOwn($1, $2)");
}

/** A pattern (ECMA-262 with the flag `u`), or what it means without the flag, where it escapes what needs no escape. */
function expression(pattern: string, flags: string): RegExp {
    try {
        return new RegExp(pattern, flags);
    } catch {
        return new RegExp(pattern);
    }
}

/**
 * Without what only follows from other errors: a part of a schema that fails leaves the properties it has unevaluated
 * (JSON Schema Core, section 7.7.1.2), and each of them would be blamed for another's fault.
 */
function meant(errors: readonly ErrorObject[]): readonly ErrorObject[] {
    if (!errors.some(isUnevaluated)) {
        return errors;
    }
    const faulty = new Set<string>();
    for (const error of errors) {
        let path = error.instancePath;
        if (!isUnevaluated(error)) {
            faulty.add(path);
        }
        while (path !== "") {
            path = path.slice(0, path.lastIndexOf("/"));
            faulty.add(path);
        }
    }
    return errors.filter((error) => !(isUnevaluated(error) && faulty.has(error.instancePath)));
}

function isUnevaluated({ keyword }: ErrorObject): boolean {
    return keyword === "unevaluatedProperties";
}

function fault(error: ErrorObject, where?: "body"): Fault {
    let pointer = error.instancePath;
    let detail = error.message ?? "is not valid";
    switch (error.keyword) {
        case "required":
            pointer += `/${escaped(error.params.missingProperty)}`;
            detail = "is required";
            break;
        case "additionalProperties":
        case "unevaluatedProperties":
            pointer += `/${escaped(error.params.additionalProperty ?? error.params.unevaluatedProperty)}`;
            detail = "is not a property of this object";
            break;
    }
    let location: Location | "body" = "body";
    if (where === undefined) {
        const [, first = "", ...rest] = pointer.split("/");
        location = first as Location;
        pointer = rest.map((step) => `/${step}`).join("");
    }
    return { detail: detail.slice(0, MAX_TEXT), in: location, pointer: pointer.slice(0, MAX_TEXT) };
}

function escaped(step: string): string {
    return step.replaceAll("~", "~0").replaceAll("/", "~1");
}
