/**
 * What a program uses of the contract, recorded while its own tests run: an entry of the gate's `consumers.yaml`.
 *
 * Names only: no value of a request or an answer is kept. A list that is not known for sure is left out, which the gate
 * reads as "nobody knows".
 */

import type { Policy } from "./operation.ts";
import type { Reply } from "./reply.ts";

/** Of one operation. */
export interface Used {
  readonly parameters?: readonly string[];
  readonly request?: readonly string[];
  readonly response?: readonly string[];
  readonly headers?: readonly string[];
}

/** An entry of `consumers.yaml`. */
export interface Consumer {
  readonly name: string;
  readonly language: "typescript";
  readonly scopes?: readonly string[];
  readonly operations: Readonly<Record<string, Used>>;
}

type List = keyof Used;
const LISTS: readonly List[] = ["parameters", "request", "response", "headers"];

class Use {
  readonly lists: Readonly<Record<List, Set<string>>>;
  readonly unknown: Set<List>;
  /** Bodies that are no objects: used, and yet by no field. */
  readonly bare: Set<List> = new Set();

  constructor(earlier?: Used) {
    const [parameters, request, response, headers] = LISTS.map((list) => new Set(earlier?.[list]));
    this.lists = { parameters, request, response, headers } as Record<List, Set<string>>;
    this.unknown = new Set(earlier && LISTS.filter((list) => !earlier[list]));
  }

  manifest(): Used {
    const known = LISTS.filter((list) => !this.unknown.has(list) && (!this.bare.has(list) || this.lists[list].size));
    return Object.fromEntries(known.map((list) => [list, [...this.lists[list]].sort()]));
  }
}

/** The record of one consumer, which clients may share. */
export class Usage {
  readonly #consumer: string;
  #scopes: Set<string> | undefined;
  readonly #uses: Map<string, Use>;

  /** `earlier` is a manifest that is to be continued. */
  constructor(consumer: string, earlier: readonly Consumer[] = []) {
    const entry = earlier.find(({ name }) => name === consumer);
    this.#consumer = consumer;
    this.#scopes = entry && !entry.scopes ? undefined : new Set(entry?.scopes);
    this.#uses = new Map(Object.entries(entry?.operations ?? {}).map(([name, used]) => [name, new Use(used)]));
  }

  /** The entry, in a list as the gate reads it; a plain JSON value. */
  manifest(): Consumer[] {
    const scopes = this.#scopes && { scopes: [...this.#scopes].sort() };
    const uses = [...this.#uses].sort(([one], [other]) => (one < other ? -1 : 1));
    const operations = Object.fromEntries(uses.map(([name, use]) => [name, use.manifest()]));
    return [{ name: this.#consumer, language: "typescript", ...scopes, operations }];
  }

  /** The client tells of a request. */
  sent(policy: Policy, values: Readonly<Record<string, unknown>>): void {
    const use = this.#use(policy);
    for (const { as, name } of policy.parameters ?? []) if (values[as] !== undefined) use.lists.parameters.add(name);
    const [first = [], ...others] = (policy.security ?? []).map((one) => Object.values(one).flat());
    // Which of several alternatives the credentials meet is theirs to know.
    if (others.some((one) => String([...one].sort()) !== String([...first].sort()))) this.#scopes = undefined;
    for (const scope of first) this.#scopes?.add(scope);
    const body = values["body"];
    if (body === undefined) return;
    if (!isPlain(body)) use.bare.add("request");
    collect(body, "", use.lists.request);
  }

  /** The client tells of an answer, and hands it on as one that tells what is read of it. */
  answered(policy: Policy, reply: Reply): Reply {
    const use = this.#use(policy);
    const body = watched(reply.body, "", use.lists.response, new WeakMap());
    if (reply.body !== undefined && !isPlain(reply.body)) use.bare.add("response");
    return {
      status: reply.status,
      get headers() {
        use.unknown.add("headers");
        return reply.headers;
      },
      body,
    };
  }

  #use({ method, path }: Policy): Use {
    const name = `${method} ${path}`;
    const found = this.#uses.get(name) ?? new Use();
    this.#uses.set(name, found);
    return found;
  }
}

/** A view of a JSON value that adds the way of each property that is asked for. */
function watched(value: unknown, way: string, read: Set<string>, known: WeakMap<object, object>): unknown {
  if (!isPlain(value) && !Array.isArray(value)) return value;
  const found = known.get(value);
  if (found) return found;
  const isList = Array.isArray(value);
  const note = (target: object, key: string | symbol): string => {
    if (isList || typeof key === "symbol") return way;
    const inner = way ? `${way}.${key}` : key;
    // The language itself asks any value for `then`, `toJSON` and what all objects have.
    if (Object.hasOwn(target, key) || !(key in Object.prototype || key === "then" || key === "toJSON")) read.add(inner);
    return inner;
  };
  const proxy = new Proxy<object>(value, {
    get: (target, key) => watched(Reflect.get(target, key), note(target, key), read, known),
    has: (target, key) => (note(target, key), Reflect.has(target, key)),
    getOwnPropertyDescriptor: (target, key) => (note(target, key), Reflect.getOwnPropertyDescriptor(target, key)),
  });
  known.set(value, proxy);
  return proxy;
}

function collect(value: unknown, way: string, into: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, way, into);
  if (!isPlain(value)) return;
  for (const [name, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const inner = way ? `${way}.${name}` : name;
    into.add(inner);
    collect(item, inner, into);
  }
}

/** Is it an object as JSON has it? */
function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
