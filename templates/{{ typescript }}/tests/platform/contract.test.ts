import { describe, expect, test } from "vitest";
import { NotImplementedYet, OPERATIONS } from "../../src/contract/index.ts";
import { ContractMismatch } from "../../src/platform/app.ts";
import { problem, running } from "./harness.ts";

/** A handler for each operation of the contract, as its stub is. */
function stubs(): Record<string, () => Promise<never>> {
    return Object.fromEntries(
        OPERATIONS.map(({ id, handler }) => [
            handler,
            async () => {
                throw new NotImplementedYet(id);
            },
        ]),
    );
}

const paths = OPERATIONS.map(({ method, path, public: open = false }) => ({
    method,
    path: path.replaceAll(/\{[^}]*\}/g, "1"),
    open,
}));

describe("a service of this contract", () => {
    test("does not start without a handler for each operation, or with one for none", async () => {
        const { [OPERATIONS[0]?.handler ?? ""]: _, ...rest } = stubs();
        await expect(running(rest)).rejects.toThrow(ContractMismatch);
        await expect(running({ ...stubs(), somethingElse: async () => ({}) })).rejects.toThrow(ContractMismatch);
    });

    test("lets nobody in without a token, but where the contract says so", async () => {
        const service = await running(stubs());
        for (const { method, path, open } of paths.filter(({ open }) => !open)) {
            const answer = await service.request(method, path);
            expect([401, 410], `${method} ${path} ${open}`).toContain(answer.status);
        }
    });

    test("answers what it has not with a problem", async () => {
        const service = await running(stubs());
        expect(await problem(await service.request("GET", "/nowhere/at/all"))).toBe("404 not-found");
        const [first] = paths;
        const answer = await service.request("PROPFIND", first?.path ?? "/");
        expect(answer.headers.get("allow")).toContain("OPTIONS");
        expect(await problem(answer)).toBe("405 method-not-allowed");
    });

    test("serves the contract, its health and its metrics", async () => {
        const service = await running(stubs());
        for (const path of ["/openapi.yaml", "/health/live", "/health/ready", "/metrics", "/docs"]) {
            expect((await service.request("GET", path)).status, path).toBe(200);
        }
    });

    test("never tells a token's text", async () => {
        const service = await running(stubs());
        const answer = await service.request("GET", paths[0]?.path ?? "/", {
            headers: { authorization: "Bearer canary" },
        });
        expect(await answer.text()).not.toContain("canary");
    });
});
