/** Credentials of a request. Each attempt is given them anew, for the client's own origin only. */

export interface Attempt {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer> | undefined;
  /** What the operation asks of the caller, for this scheme. */
  readonly scopes: readonly string[];
  /** The scheme as the contract declares it. */
  readonly scheme: Scheme | undefined;
  readonly signal: AbortSignal;
}

export interface Auth {
  /** Adds the credentials. */
  apply(attempt: Attempt): void | Promise<void>;
  /** The service refused them (401): forget them. True where others can be had. */
  refused?(attempt: Attempt): boolean;
}

/** A security scheme, as far as a client has to know it. */
export interface Scheme {
  readonly type: string;
  readonly in?: "query" | "header" | "cookie";
  readonly name?: string;
}

type Secret = string | (() => string | Promise<string>);

const reveal = async (secret: Secret): Promise<string> => (typeof secret === "string" ? secret : secret());

/** An access token; a function is asked for each attempt. */
export function bearer(token: Secret): Auth {
  return {
    async apply({ headers }) {
      headers.set("authorization", `Bearer ${await reveal(token)}`);
    },
  };
}

export function basic(user: string, password: Secret): Auth {
  return {
    async apply({ headers }) {
      const bytes = new TextEncoder().encode(`${user}:${await reveal(password)}`);
      headers.set("authorization", `Basic ${btoa(String.fromCharCode(...bytes))}`);
    },
  };
}

/** A key, in the place that the contract names. */
export function apiKey(key: Secret): Auth {
  return {
    async apply({ headers, url, scheme }) {
      if (!scheme?.name) throw new TypeError("the contract declares no API key here: hand `auth` in by the scheme's name");
      const value = await reveal(key);
      const pair = `${encodeURIComponent(scheme.name)}=${encodeURIComponent(value)}`;
      if (scheme.in === "query") url.search += `${url.search ? "&" : "?"}${pair}`;
      else if (scheme.in === "header") headers.set(scheme.name, value);
      else headers.set("cookie", [headers.get("cookie"), pair].filter(Boolean).join("; "));
    },
  };
}
