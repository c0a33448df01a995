/**
 * Calls to URLs that a caller supplied: only to public addresses, so that nobody reaches what the service can reach.
 *
 * What counts is the address that the name resolves to, however either is written, and the call goes to the address that
 * was looked at: a name that resolves to another one a moment later (DNS rebinding) gains nothing.
 */

import { type LookupAddress, lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import type { Agent } from "undici";
import { AddressRefused } from "./errors.ts";
import { type Call, type Limits, ResilientCaller } from "./resilient.ts";

const MAX_ORIGINS = 100;
// IANA's registries of special-purpose addresses: all that is not global, multicast, and what is reserved. Azure's
// metadata server has an address of the public range.
const REFUSED_IPV4 = `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16 172.16.0.0/12
    192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3`;
const REFUSED_IPV6 = `::/8 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 3fff::/20 5f00::/16 fc00::/7 fe80::/10
    fec0::/10 ff00::/8`;
// Two lists: in one, an IPv4 address would be looked for among those of IPv6, too.
const REFUSED = { ipv4: listed(REFUSED_IPV4, "ipv4"), ipv6: listed(REFUSED_IPV6, "ipv6") };

/** Calls any public origin; each has its own breaker and retries, and the latest ones are remembered. */
export class PublicCaller {
    readonly #limits: Limits;
    readonly #agent: Agent;
    readonly #origins = new Map<string, ResilientCaller>();

    constructor(limits: Limits, agent: (options: Agent.Options) => Agent) {
        this.#limits = limits;
        // A connection is not kept: another call of the same name may have to go to another address.
        this.#agent = agent({
            connect: { timeout: limits.connect * 1000, lookup: lookupPublic },
            pipelining: 0,
        });
    }

    /** Answers as ResilientCaller does. Rejects with AddressRefused, too. */
    async call(call: Call): Promise<Response> {
        const { protocol, hostname, origin } = call.url;
        const address = hostname.replace(/^\[|\]$/g, "");
        // No look-up is made for an address.
        if (!/^https?:$/.test(protocol) || (isIP(address) !== 0 && !isPublic(address))) {
            throw new AddressRefused("The URL leads to an address that is not public");
        }
        const caller = this.#origins.get(origin) ?? new ResilientCaller(this.#limits, this.#agent);
        this.#origins.delete(origin);
        this.#origins.set(origin, caller);
        if (this.#origins.size > MAX_ORIGINS) {
            this.#origins.delete(this.#origins.keys().next().value as string);
        }
        return caller.call(call);
    }
}

/** Whether an address belongs to the public internet, and to one host there. */
export function isPublic(address: string): boolean {
    const version = isIP(address);
    if (version === 4) {
        return !REFUSED.ipv4.check(address, "ipv4");
    }
    if (version !== 6 || address.includes("%")) {
        return false;
    }
    // An IPv4 address in one of the forms that a network may translate back.
    const embedded = embeddedIn(address);
    return embedded === undefined ? !REFUSED.ipv6.check(address, "ipv6") : isPublic(embedded);
}

const lookupPublic: LookupFunction = (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
        const found = addresses as LookupAddress[] | undefined;
        const [first] = found ?? [];
        if (error !== null || first === undefined) {
            callback(error ?? new Error("The host has no address"), "", 0);
        } else if (!found?.every(({ address }) => isPublic(address))) {
            callback(new AddressRefused("The URL leads to an address that is not public"), "", 0);
        } else if (options.all === true) {
            callback(null, found);
        } else {
            callback(null, first.address, first.family);
        }
    });
};

/** The IPv4 address of a mapped one (RFC 4291), a translated one (RFC 6052), or one of 6to4 (RFC 3056). */
function embeddedIn(address: string): string | undefined {
    const words = expanded(address);
    const start = words.slice(0, 6).join(":");
    const [high, low] =
        start === "0:0:0:0:0:ffff" || start === "64:ff9b:0:0:0:0"
            ? words.slice(6)
            : words[0] === "2002"
              ? words.slice(1, 3)
              : [];
    if (high === undefined || low === undefined) {
        return undefined;
    }
    const [one, other] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
    return [one >> 8, one & 255, other >> 8, other & 255].join(".");
}

/** The eight words of an IPv6 address, without leading zeros. */
function expanded(address: string): string[] {
    // The URL standard writes it in one way: shortest, and without an IPv4 address at its end.
    const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
    const [before = "", after] = canonical.split("::");
    const [head, tail] = [before, after ?? ""].map((part) => part.split(":").filter((word) => word !== ""));
    const missing = 8 - (head?.length ?? 0) - (tail?.length ?? 0);
    return [...(head ?? []), ...(after === undefined ? [] : Array<string>(missing).fill("0")), ...(tail ?? [])];
}

function listed(networks: string, version: "ipv4" | "ipv6"): BlockList {
    const list = new BlockList();
    for (const network of networks.split(/\s+/)) {
        const [address = "", bits] = network.split("/");
        list.addSubnet(address, Number(bits), version);
    }
    return list;
}
