import { EventEmitter, once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { Stream } from "../../src/platform/operation.ts";
import { send } from "../../src/platform/responses.ts";

async function answered(body: Stream, method = "GET"): Promise<Response> {
    const reply = { status: 200, mediaType: "text/plain", headers: [], body };
    const server = createServer((_, response) => send(reply, response, method));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
        server.closeAllConnections();
        server.close();
    });
    return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { method });
}

async function* pieces(count: number, fails = false): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < count; at++) {
        yield Buffer.alloc(100_000, "x");
    }
    if (fails) {
        throw new Error("no more");
    }
}

test("a stream is sent piece by piece", async () => {
    const answer = await answered(pieces(20));
    expect(await answer.text()).toHaveLength(2_000_000);
});

test("a caller who is waited for again and again leaves no listener behind", async () => {
    const emitter = new EventEmitter();
    const write = () => !setImmediate(() => emitter.emit("drain"));
    const response = Object.assign(emitter, { writeHead: () => {}, write, end: () => emitter.emit("end") });
    send({ status: 200, mediaType: null, headers: [], body: pieces(3) }, response as never, "GET");
    await once(emitter, "end");
    expect(emitter.listenerCount("close") + emitter.listenerCount("drain")).toBe(0);
});

test("a stream that fails is not taken for a whole one", async () => {
    const answer = await answered(pieces(2, true));
    await expect(answer.text()).rejects.toThrow();
});

test("the answer to HEAD has no body", async () => {
    const answer = await answered(Buffer.from("abc"), "HEAD");
    expect([answer.headers.get("content-length"), await answer.text()]).toEqual(["3", ""]);
});

test("of answers that are ready together each is sent, and the first does not wait for all", async () => {
    const ended: number[] = [];
    for (let number = 0; number < 40; number++) {
        const response = { writeHead: () => {}, end: () => ended.push(number) } as unknown as ServerResponse;
        send({ status: 204, mediaType: null, headers: [], body: "" }, response, "GET");
    }
    expect(ended.slice(0, 2)).toEqual([0, 1]);
    expect(ended.length).toBeLessThan(40);
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toEqual([...Array(40).keys()]);
});
