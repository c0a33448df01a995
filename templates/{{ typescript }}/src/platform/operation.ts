/** The records that the generated `contract/` folder is made of, and that the platform executes. */

export type Location = "path" | "query" | "header" | "cookie";
export type ScalarType = "null" | "boolean" | "integer" | "number" | "string";
/** Content that is not JSON: at once, or piece by piece. */
export type Stream = Uint8Array | AsyncIterable<Uint8Array>;

/** How the text of a parameter becomes a JSON value: each scalar is of the first type whose grammar it fits. */
export type Shape =
    | { readonly types: readonly ScalarType[] }
    | { readonly items: readonly ScalarType[] }
    | {
          readonly properties: { readonly [name: string]: readonly ScalarType[] };
          readonly additional: readonly ScalarType[];
      };

/** A parameter object of OpenAPI: where it stands, how it is written, which property of the request receives it. */
export interface Parameter {
    readonly name: string;
    readonly location: Location;
    readonly field: string;
    readonly shape?: Shape;
    readonly style?: string;
    readonly explode?: boolean;
    /** Set where the parameter is declared by `content`: its text is of this media type. */
    readonly mediaType?: string;
    readonly default?: string | number | boolean;
}

/** A response that the contract declares: a status, a range of them (`4XX`), or `default` for any other. */
export interface DeclaredResponse {
    readonly status: number | string;
    readonly mediaTypes?: readonly string[];
    readonly headers?: readonly string[];
}

/** What a handler returns; the contract's own types say which of it is there. */
export interface GivenResponse {
    readonly status: number | string;
    readonly code?: number;
    readonly contentType?: string;
    readonly headers?: { readonly [name: string]: unknown };
    readonly body?: unknown;
}

/** One operation of the contract, with all the platform needs to serve it. */
export interface Operation {
    readonly id: string;
    readonly method: string;
    readonly path: string;
    /** The method of the team's `Operations` that serves it. */
    readonly handler: string;
    readonly parameters?: readonly Parameter[];
    /** The media types that a body may have, most specific first. */
    readonly body?: { readonly mediaTypes: readonly string[]; readonly required: boolean };
    readonly responses: readonly DeclaredResponse[];
    /** True where the contract says that no token is needed (`security: []`, or `{}` among its alternatives). */
    readonly public?: boolean;
    /** Alternatives; all scopes of one must be held. No alternative: nobody may call it. */
    readonly scopes: readonly (readonly string[])[];
    readonly idempotencyKey?: "optional" | "required";
    readonly deprecated?: boolean;
    /** Since when it is deprecated, where the contract says so (`x-paved.deprecation`). */
    readonly deprecation?: string;
    readonly sunset?: string;
    /** Requests, and the seconds in which a caller may send them, where the contract says so (`x-paved.rate`). */
    readonly rate?: readonly number[];
    /** Seconds the handler may take, where the contract says so (`x-paved.timeout`). */
    readonly timeout?: number;
}
