import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { Proxies } from "../../src/platform/proxies.ts";

function from(remoteAddress: string, addresses?: string, proto?: string): IncomingMessage {
    const headers = { "x-forwarded-for": addresses, "x-forwarded-proto": proto };
    return { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
}

test("nobody is believed who is not named", () => {
    const message = from("10.0.0.1", "192.0.2.1", "https");
    for (const proxies of [new Proxies([]), new Proxies(["10.0.0.2", "10.1.0.0/16", "2001:db8::/32"])]) {
        expect([proxies.caller(message), proxies.scheme(message)]).toEqual(["10.0.0.1", "http"]);
    }
});

test("the caller is the first, from here on, that is not a proxy that is believed", () => {
    const proxies = new Proxies(["10.0.0.0/8", "2001:db8::1"]);
    expect(proxies.caller(from("10.0.0.1", "192.0.2.1"))).toBe("192.0.2.1");
    expect(proxies.caller(from("::ffff:10.0.0.1", "192.0.2.9, 192.0.2.1 ,, 10.0.0.7, 2001:db8::1"))).toBe("192.0.2.1");
    expect(proxies.caller(from("10.0.0.1", "10.0.0.2"))).toBe("10.0.0.2");
    expect(proxies.caller(from("10.0.0.1", "192.0.2.1, nonsense"))).toBe("nonsense");
    expect(proxies.caller(from("10.0.0.1"))).toBe("10.0.0.1");
    expect(proxies.caller(from("192.0.2.5", "192.0.2.1"))).toBe("192.0.2.5");
});

test("the scheme is what the proxy beside the service says", () => {
    const proxies = new Proxies(["10.0.0.0/8"]);
    expect(proxies.scheme(from("10.0.0.1", undefined, "http, https"))).toBe("https");
    expect(proxies.scheme(from("10.0.0.1"))).toBe("http");
});

test.each(["10.0.0.0/33", "10.0.0.0/", "example.com", ""])("%s is no network", (network) => {
    expect(() => new Proxies([network])).toThrow(RangeError);
});
