/** A server that answers as it is told, and remembers what it was asked. */

import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export type Act = Answer | ((response: ServerResponse, asked: Asked) => void);

export interface Server {
  readonly url: string;
  readonly asked: Asked[];
  close(): Promise<void>;
}

/** Each request gets the next of the acts, and then the last again and again. */
export async function serve(...acts: Act[]): Promise<Server> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const one = { method, url, headers, body: Buffer.concat(pieces).toString() };
      asked.push(one);
      const act = acts[Math.min(asked.length, acts.length) - 1] ?? {};
      if (typeof act === "function") return act(response, one);
      response.writeHead(act.status ?? 200, { "content-type": "application/json", ...act.headers });
      response.end(act.body === undefined ? "{}" : typeof act.body === "string" ? act.body : JSON.stringify(act.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
