/** Webhooks that prove where they come from (Standard Webhooks 1.0.0, symmetric signatures). */

import { SdkError } from "./errors.ts";
import { parse } from "./json.ts";

/** A webhook's signature does not prove where it comes from, or it is too old. */
export class WebhookRefused extends SdkError {
  override name: string = "WebhookRefused";
}

export interface WebhookOptions {
  /** Secrets as the service gives them, `whsec_…`; several while one replaces another. */
  readonly secrets: readonly string[];
  /** Seconds that a message may be old, or early. */
  readonly tolerance?: number;
}

const SHORTEST = 16;

/**
 * The payload of a message whose signature is right. `body` is what came, byte for byte: parsed and written again it
 * would not be what was signed. A message that comes twice has the same `webhook-id`. Throws WebhookRefused.
 */
export async function verifyWebhook(
  options: WebhookOptions,
  headers: Headers | Readonly<Record<string, string | undefined>>,
  body: string | Uint8Array,
): Promise<unknown> {
  if (!options.secrets.length) throw new TypeError("give the secret that the service signs with");
  const get = (name: string): string => {
    const value = headers instanceof Headers ? headers.get(name) : named(headers, name);
    if (!value) throw new WebhookRefused(`the message has no ${name}`);
    return value;
  };
  const [id, timestamp, signatures] = [get("webhook-id"), get("webhook-timestamp"), get("webhook-signature")];
  const tolerance = options.tolerance ?? 300;
  if (!/^\d{1,15}$/.test(timestamp)) throw new WebhookRefused("the message's timestamp is no number");
  if (Math.abs(Date.now() / 1_000 - Number(timestamp)) > tolerance) throw new WebhookRefused("the message is too old, or early");
  const content = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const signed = new Uint8Array(head.length + content.length);
  signed.set(head);
  signed.set(content, head.length);
  const candidates = signatures.split(" ").filter((one) => one.startsWith("v1,")).map((one) => decoded(one.slice(3)));
  for (const secret of options.secrets) {
    const raw = decoded(secret.replace(/^whsec_/, ""));
    if (!raw || raw.length < SHORTEST) throw new TypeError("a secret of webhooks is base64, of 16 bytes at least");
    const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
    for (const candidate of candidates) {
      // `verify` compares in constant time.
      if (candidate && (await crypto.subtle.verify("HMAC", key, candidate, signed))) return payload(content);
    }
  }
  throw new WebhookRefused("no signature of the message is right");
}

function payload(content: Uint8Array): unknown {
  try {
    return parse(new TextDecoder("utf-8", { fatal: true }).decode(content));
  } catch {
    throw new WebhookRefused("the message is signed, but no JSON");
  }
}

function named(headers: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}

function decoded(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
