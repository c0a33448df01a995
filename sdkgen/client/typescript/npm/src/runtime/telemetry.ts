/** What a client tells of its attempts. `opentelemetry.ts` says it in OpenTelemetry's words, where that is wanted. */

export interface AttemptInfo {
  readonly operation: string;
  readonly method: string;
  /** The operation's path, with parameters as `{name}`. */
  readonly template: string;
  readonly url: URL;
  /** 0 for the first attempt. */
  readonly resends: number;
}

export interface AttemptSpan {
  /** Fields that pass the trace on. */
  readonly headers: Readonly<Record<string, string>>;
  end(result: { status: number } | { error: unknown }): void;
}

export interface Telemetry {
  attempt(info: AttemptInfo): AttemptSpan;
}

/** An attempt in a log. It holds no header, no body, no query and no value of a parameter. */
export interface LogEntry {
  readonly message: "attempt";
  readonly operation: string;
  readonly method: string;
  readonly template: string;
  readonly resends: number;
  readonly milliseconds: number;
  readonly status?: number;
  readonly error?: string;
}

export type Logger = (entry: LogEntry) => void;
