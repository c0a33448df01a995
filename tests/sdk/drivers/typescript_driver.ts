/** Plays scenarios through the TypeScript SDK of the starter contract, beside whose `src` it is put. */

import { propagation, trace } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import {
  ApiError,
  type Auth,
  bearer,
  CircuitBreaker,
  Client,
  type ClientOptions,
  cancelQuote,
  clientCredentials,
  createQuote,
  getQuote,
  type LogEntry,
  listQuotes,
  SdkError,
  sigv4,
  stringify,
} from "./src/index.ts";
import { openTelemetry } from "./src/runtime/opentelemetry.ts";

interface Told {
  readonly url: string;
  readonly client: Readonly<Record<string, number>> & { readonly auth?: Readonly<Record<string, string>> };
  readonly call: {
    readonly operation: "cancelQuote" | "createQuote" | "getQuote" | "listQuotes";
    readonly arguments: Readonly<Record<string, unknown>>;
    readonly body: unknown;
    readonly times: number;
    readonly parallel: number;
    readonly iterate: boolean;
  };
}

const exporter = new InMemorySpanExporter();
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
propagation.setGlobalPropagator(new W3CTraceContextPropagator());
const log: LogEntry[] = [];

function clientOf({ url, client: told }: Told): Client {
  const milliseconds = (seconds: number | undefined): number | undefined => seconds && seconds * 1000;
  const read = milliseconds(told["read"]);
  // The time to connect is added to that for the first byte, which is to be the one that is told.
  const times = { connect: read && 0, read, total: milliseconds(told["total"]) };
  const retries = {
    attempts: told["attempts"],
    backoff: 20,
    longestWait: milliseconds(told["longest_wait"]),
    reserve: told["retry_reserve"],
    share: told["retry_share"],
  };
  const [failures, seconds] = [told["breaker_failures"], told["breaker_seconds"]];
  const options: ClientOptions = {
    baseUrl: url,
    timeouts: given(times),
    retries: given(retries),
    telemetry: openTelemetry("driver"),
    logger: (entry) => log.push(entry),
    ...given({
      auth: told.auth && credentials(told.auth),
      largestResponse: told["response_bytes"],
      breaker: failures && new CircuitBreaker({ failures, recovery: (seconds ?? 10) * 1000 }),
    }),
  };
  return new Client(options);
}

/** What is not left out. */
function given<Found extends object>(found: Found): { [Key in keyof Found]?: Exclude<Found[Key], undefined | "" | 0> } {
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as never;
}

function credentials(told: Readonly<Record<string, string>>): Auth {
  const text = (name: string): string => told[name] ?? "";
  if (told["kind"] === "bearer") return bearer(text("token"));
  if (told["kind"] === "sigv4") {
    const key = { accessKeyId: text("access_key_id"), secretAccessKey: text("secret_access_key") };
    return sigv4({ region: text("region"), service: text("service"), key });
  }
  const where = told["issuer"] ? { issuer: told["issuer"] } : { tokenUrl: text("token_url") };
  const scopes = told["scope"]?.split(" ");
  const timeout = 60_000;
  return clientCredentials({ ...where, ...given({ scopes }), timeout, clientId: text("client_id"), clientSecret: text("client_secret") });
}

async function once(client: Client, { call }: Told): Promise<unknown> {
  const named = Object.entries(call.arguments).map(([name, value]) => [name.replace(/_(.)/g, (_, one: string) => one.toUpperCase()), value]);
  const passed = { ...Object.fromEntries(named), ...(call.body !== null && { body: call.body }) } as never;
  try {
    if (!call.iterate) return await { cancelQuote, createQuote, getQuote, listQuotes }[call.operation](client, passed);
    const found: unknown[] = [];
    for await (const item of listQuotes.items(client, passed)) found.push(item);
    return found;
  } catch (error) {
    return error;
  }
}

function shown(found: unknown): unknown {
  // What the SDK does not even try, such as a path segment that every URL parser resolves.
  if (found instanceof TypeError) return { outcome: "refused", message: found.message };
  if (!(found instanceof SdkError)) {
    const values: unknown[] = Array.isArray(found) ? found : [found];
    return { outcome: "result", value: values[0] ?? null, values: values.length };
  }
  const parents: string[] = [];
  for (let one: unknown = found.constructor; typeof one === "function" && one.name; one = Object.getPrototypeOf(one)) parents.push(one.name);
  const api = found instanceof ApiError ? found : undefined;
  return {
    outcome: "error",
    kind: found.name,
    parents,
    status: api?.status ?? null,
    type: api?.type ?? null,
    request_id: api?.requestId ?? null,
    body: typeof api?.body === "string" ? api.body : stringify(api?.body ?? null),
    parsed: api?.problem !== undefined,
    message: found.message,
    everything: `${found.stack} ${String(found.cause)} ${stringify(found)} ${stringify([...(api?.headers ?? [])])}`,
  };
}

async function play(told: Told): Promise<object> {
  const client = clientOf(told);
  const started = performance.now();
  const found: unknown[] = [];
  if (told.call.parallel > 1) found.push(...(await Promise.all(Array.from({ length: told.call.parallel }, () => once(client, told)))));
  else for (let time = 0; time < told.call.times; time += 1) found.push(await once(client, told));
  return { outcomes: found.map(shown), seconds: (performance.now() - started) / 1000 };
}

function spansOf(url: string): object[] {
  const mine = exporter.getFinishedSpans().filter(({ attributes }) => url.endsWith(`:${String(attributes["server.port"])}`));
  return mine.map(({ name, attributes }) => ({ name, ...attributes }));
}

let input = "";
for await (const piece of process.stdin) input += String(piece);
const scenarios = JSON.parse(input) as Told[];
const played: object[] = [];
const waiting = scenarios.entries();
const lane = async (): Promise<void> => {
  for (const [at, told] of waiting) played[at] = await play(told);
};
await Promise.all(Array.from({ length: 8 }, lane));
const written = stringify(log);
console.log(stringify(played.map((one, at) => ({ ...one, log: written, spans: spansOf(scenarios[at]?.url ?? "") }))));
