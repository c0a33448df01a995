import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import {
    AddressRefused,
    CircuitOpen,
    ClientCredentials,
    ForeignOrigin,
    Outbound,
    ResponseTooLarge,
} from "../../src/platform/outbound/index.ts";
import { isPublic } from "../../src/platform/outbound/public.ts";
import { authorization } from "../../src/platform/outbound/sigv4.ts";
import { Secret } from "../../src/platform/settings.ts";

async function serving(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
        server.closeAllConnections();
        server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function outbound(): Outbound {
    const found = new Outbound();
    onTestFinished(() => found.close());
    return found;
}

describe("a call", () => {
    test("is repeated only where that is safe", async () => {
        const methods: string[] = [];
        const url = await serving((request, response) => {
            methods.push(request.method as string);
            response.writeHead(methods.length % 2 === 1 ? 503 : 200).end();
        });
        const { fetch } = outbound().client("one", url);
        expect((await fetch("/")).status).toBe(200);
        expect(methods).toEqual(["GET", "GET"]);
        expect((await fetch("/", { method: "POST", body: "x" })).status).toBe(503);
        expect((await fetch("/", { method: "POST", body: "x", headers: { "idempotency-key": "k" } })).status).toBe(200);
        expect(methods).toHaveLength(4);
    });

    test("waits for a Retry-After in each of its forms, and for nothing else", async () => {
        const zone = process.env.TZ;
        process.env.TZ = "Etc/GMT-9";
        onTestFinished(() => {
            process.env.TZ = zone;
        });
        const later = new Date(Date.now() + 60_000).toUTCString();
        const [day, date, month, year, time] = later.replace(",", "").split(" ");
        for (const [asked, status] of [
            ["60", 503],
            [later, 503],
            [`${day} ${month} ${date} ${time} ${year}`, 503],
            ["Room 9999", 200],
        ] as const) {
            let calls = 0;
            const url = await serving((_, response) => {
                calls++;
                response.writeHead(calls === 1 ? 503 : 200, { "retry-after": asked }).end();
            });
            expect([asked, (await outbound().client("one", url).fetch("/")).status]).toEqual([asked, status]);
        }
    });

    test("is not made to a service that fails again and again", async () => {
        let calls = 0;
        const url = await serving((_, response) => {
            calls++;
            response.writeHead(500).end();
        });
        const { fetch } = outbound().client("one", url);
        for (let at = 0; at < 5; at++) {
            await fetch("/");
        }
        await expect(fetch("/")).rejects.toThrow(CircuitOpen);
        expect(calls).toBe(5);
    });

    test("goes to the client's origin and to no other", async () => {
        const { fetch } = outbound().client("one", "http://127.0.0.1:9");
        await expect(fetch("http://127.0.0.1:10/")).rejects.toThrow(ForeignOrigin);
        await expect(fetch("http://127.0.0.1:9@elsewhere.example/")).rejects.toThrow(ForeignOrigin);
    });

    test("takes in no more than it may", async () => {
        const url = await serving((_, response) => response.end("x".repeat(2000)));
        const { fetch } = outbound().client("one", url, { limits: { responseBytes: 1000 } });
        await expect(fetch("/")).rejects.toThrow(ResponseTooLarge);
    });

    test("has a token, which is fetched once and replaced when it is refused", async () => {
        const seen: string[] = [];
        let tokens = 0;
        const url = await serving((request, response) => {
            if (request.url === "/token") {
                expect(request.headers.authorization).toBe(`Basic ${Buffer.from("a+b:s%3At").toString("base64")}`);
                response.end(JSON.stringify({ access_token: `t${++tokens}`, token_type: "Bearer" }));
                return;
            }
            seen.push(request.headers.authorization as string);
            response.writeHead(seen.length === 3 ? 401 : 200).end();
        });
        const clients = outbound();
        const auth = new ClientCredentials(clients.client("issuer", url), "/token", "a b", new Secret("s:t"));
        const { fetch } = clients.client("one", url, { auth });
        await Promise.all([fetch("/"), fetch("/")]);
        expect((await fetch("/")).status).toBe(200);
        expect(seen).toEqual(["Bearer t1", "Bearer t1", "Bearer t1", "Bearer t2"]);
    });

    test("to a URL of the caller's goes to public addresses only", async () => {
        const { fetch } = outbound().publicClient("hooks");
        for (const url of [
            "http://127.0.0.1/",
            "http://[::ffff:10.0.0.1]/",
            "http://localhost/",
            "http://0x7f.1/",
            "ftp://x.example/",
        ]) {
            await expect(fetch(url)).rejects.toThrow(AddressRefused);
        }
    });
});

test.each([
    ["8.8.8.8", true],
    ["2606:4700::1111", true],
    ["169.254.169.254", false],
    ["100.64.0.1", false],
    ["::ffff:127.0.0.1", false],
    ["64:ff9b::a00:1", false],
    ["2002:a00:1::", false],
    ["fe80::1%eth0", false],
    ["224.0.0.1", false],
])("whether %s is public: %s", (address, expected) => {
    expect(isPublic(address)).toBe(expected);
});

test("a signature is AWS's own", () => {
    // The example of AWS's documentation (Signature Version 4, "Create a signed request").
    const credentials = {
        accessKeyId: "AKIDEXAMPLE",
        secretAccessKey: new Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
    };
    const signed = authorization(credentials, "us-east-1", "iam", {
        method: "GET",
        path: "/",
        query: "Action=ListUsers&Version=2010-05-08",
        headers: [
            ["content-type", "application/x-www-form-urlencoded; charset=utf-8"],
            ["host", "iam.amazonaws.com"],
            ["x-amz-date", "20150830T123600Z"],
        ],
        body: new Uint8Array(0),
    });
    expect(signed).toContain("Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
});
