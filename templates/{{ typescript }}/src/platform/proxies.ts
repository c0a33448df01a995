/** Who called, and how, where a proxy that is believed says so: `X-Forwarded-For` and `X-Forwarded-Proto`. */

import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";

/** The proxies that are believed. */
export class Proxies {
    /** Whether there are any. */
    readonly any: boolean;
    readonly #networks = new BlockList();

    /** `networks` are addresses, or networks with the length of their prefix. Throws RangeError for anything else. */
    constructor(networks: readonly string[]) {
        this.any = networks.length > 0;
        for (const network of networks) {
            const [address = "", bits] = network.split("/");
            const version = isIP(address);
            if (version === 0 || (bits !== undefined && !/^[0-9]{1,3}$/.test(bits))) {
                throw new RangeError(`${network} is no network`);
            }
            this.#networks.addSubnet(address, Number(bits ?? (version === 4 ? 32 : 128)), family(version));
        }
    }

    believes(address: string | undefined): boolean {
        const version = isIP(address ?? "");
        return version !== 0 && this.#networks.check(address as string, family(version));
    }

    /** The address of the first, from here on, that is not a proxy that is believed. */
    caller({ socket, headers }: IncomingMessage): string {
        let caller = socket.remoteAddress ?? "";
        if (this.any) {
            const given = headers["x-forwarded-for"] as string | undefined;
            const hops = (given ?? "").split(",").map((hop) => hop.trim());
            for (const hop of hops.filter((hop) => hop !== "").reverse()) {
                if (!this.believes(caller)) {
                    break;
                }
                caller = hop;
            }
        }
        return caller;
    }

    scheme({ socket, headers }: IncomingMessage): string {
        const given = this.any ? (headers["x-forwarded-proto"] as string | undefined) : undefined;
        const last = given?.split(",").at(-1)?.trim();
        return last && this.believes(socket.remoteAddress) ? last : "http";
    }
}

function family(version: number): "ipv4" | "ipv6" {
    return version === 4 ? "ipv4" : "ipv6";
}
