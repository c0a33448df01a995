/**
 * OAuth 2.0 client credentials (RFC 6749, section 4.4). The token endpoint is named, or found by the issuer's metadata
 * (OpenID Connect Discovery 1.0). A token is used until shortly before it expires, and asked for once however many calls
 * wait for it.
 */

import type { Auth } from "./auth.ts";
import { AuthenticationFailed } from "./errors.ts";
import { within } from "./reply.ts";

export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string | (() => string | Promise<string>);
  /** Where tokens are issued; without it, `issuer` is asked. */
  readonly tokenUrl?: string;
  /** The issuer, as its metadata names it. */
  readonly issuer?: string;
  /** What the token is to be good for, where the issuer does not decide that. */
  readonly scopes?: readonly string[];
  /** Further parameters of the token request, such as `audience` or `resource`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Seconds before its end at which a token is renewed. */
  readonly early?: number;
  /** Milliseconds for a request to the issuer. */
  readonly timeout?: number;
  readonly fetch?: typeof fetch;
}

interface Token {
  readonly value: string;
  readonly until: number;
}

const UNKNOWN_LIFETIME = 300;

/** Throws TypeError where neither a token endpoint nor an issuer is given, or one is not reached by TLS. */
export function clientCredentials(options: ClientCredentials): Auth {
  const { early = 30, timeout = 5_000 } = options;
  const call = options.fetch ?? ((...request: Parameters<typeof fetch>) => fetch(...request));
  const start = options.tokenUrl ?? options.issuer;
  if (start === undefined) throw new TypeError("clientCredentials: name `tokenUrl` or `issuer`");
  secure(start);
  let known: Token | undefined;
  let asking: Promise<Token> | undefined;
  let endpoint: Promise<string> | undefined = options.tokenUrl ? Promise.resolve(options.tokenUrl) : undefined;

  async function json(what: string, url: string, request: RequestInit): Promise<Record<string, unknown>> {
    const aborter = new AbortController();
    const ask = async (): Promise<Record<string, unknown>> => {
      const response = await call(url, { ...request, redirect: "error", signal: aborter.signal });
      if (!response.ok) {
        const temporary = [429, 502, 503, 504].includes(response.status);
        throw new AuthenticationFailed(`${what} answers ${response.status}${await reason(response)}`, temporary);
      }
      return (await response.json()) as Record<string, unknown>;
    };
    try {
      const late = (): Error => new AuthenticationFailed(`${what} does not answer in ${timeout} ms`, true);
      return await within(ask(), timeout, late, () => aborter.abort());
    } catch (error) {
      if (error instanceof AuthenticationFailed) throw error;
      throw new AuthenticationFailed(`${what} can't be reached or read`, true);
    }
  }

  async function discover(): Promise<string> {
    const issuer = options.issuer ?? "";
    const metadata = await json("the issuer's metadata", `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, {});
    if (metadata["issuer"] !== issuer) throw new AuthenticationFailed("the metadata is of another issuer");
    const found = metadata["token_endpoint"];
    if (typeof found !== "string") throw new AuthenticationFailed("the issuer's metadata names no token endpoint");
    return secure(found);
  }

  async function request(): Promise<Token> {
    endpoint ??= discover();
    let url: string;
    try {
      url = await endpoint;
    } catch (error) {
      endpoint = undefined;
      throw error;
    }
    const secret = typeof options.clientSecret === "string" ? options.clientSecret : await options.clientSecret();
    const scope = options.scopes?.join(" ");
    const form = new URLSearchParams({ grant_type: "client_credentials", ...(scope && { scope }), ...options.parameters });
    const asked = Date.now();
    const answer = await json("the token endpoint", url, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        accept: "application/json",
        // RFC 6749, section 2.3.1: both parts are form-encoded first.
        authorization: `Basic ${btoa(`${formEncoded(options.clientId)}:${formEncoded(secret)}`)}`,
      },
      body: form.toString(),
    });
    const value = answer["access_token"];
    if (typeof value !== "string" || !value || String(answer["token_type"]).toLowerCase() !== "bearer") {
      throw new AuthenticationFailed("the token endpoint's answer is no bearer token");
    }
    const lifetime = Number(answer["expires_in"] ?? UNKNOWN_LIFETIME);
    const seconds = Number.isFinite(lifetime) ? lifetime : UNKNOWN_LIFETIME;
    // A token that lives shorter than twice that is used for half its life.
    return { value, until: asked + Math.max(seconds - early, seconds / 2) * 1_000 };
  }

  async function token(): Promise<string> {
    if (known && Date.now() < known.until) return known.value;
    asking ??= request().finally(() => {
      asking = undefined;
    });
    known = await asking;
    return known.value;
  }

  return {
    async apply({ headers }) {
      headers.set("authorization", `Bearer ${await token()}`);
    },
    refused({ headers }) {
      // Another call may have renewed it meanwhile.
      if (headers.get("authorization") === `Bearer ${known?.value}`) known = undefined;
      return true;
    },
  };
}

/** A secret is sent there, so it must be TLS, except on this machine. */
function secure(address: string): string {
  const url = new URL(address);
  const local = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url.protocol !== "https:" && !local) throw new TypeError(`${url.origin}: credentials are sent by https only`);
  return address;
}

function formEncoded(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice(1);
}

async function reason(response: Response): Promise<string> {
  const answer: unknown = await response.json().catch(() => undefined);
  const code = typeof answer === "object" && answer !== null && "error" in answer ? answer.error : undefined;
  return typeof code === "string" && /^[\w .-]{1,60}$/.test(code) ? `: ${code}` : "";
}
