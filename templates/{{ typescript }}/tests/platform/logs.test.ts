import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

const SCRIPT = `
import { decided } from "./src/platform/audit.ts";
import * as logs from "./src/platform/logs.ts";

logs.configure("info", 'a "service"');
const record = { traceId: "1".repeat(32), spanId: "2".repeat(16), route: "/a/{b}", operation: "o", client: '"c"' };
logs.access("GET", '/a/"b"', 200, 1500000, record);
logs.access("GET", "/a", undefined, 1, { traceId: "1".repeat(32), spanId: "2".repeat(16), errorType: "aborted" });
const operation = { id: "o", method: "GET", path: "/a/{b}", handler: "o", responses: [], scopes: [] };
const principal = { subject: "s", clientId: '"c"', tenant: "t", scopes: new Set(), issuer: "i", claims: {} };
const decision = { reason: "granted", operation, address: "::1", record };
decided({ action: "authorize", outcome: "allowed", principal, ...decision });
decided({ action: "authenticate", outcome: "denied", principal: null, ...decision });
logs.logger("other").error(logs.failure(new TypeError("no\\nway")), "It failed");
for (const length of [...Array(300).keys(), 50_000]) {
    logs.logger("long").info("é".repeat(length));
}
`;

function lines(): Record<string, unknown>[] {
    const command = ["--input-type=module-typescript", "--eval", SCRIPT];
    const written = execFileSync(process.execPath, command, { cwd: process.cwd(), encoding: "utf8" });
    return written
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
}

test("every line is a JSON object with what all lines have, and none is lost at the end", () => {
    const found = lines();
    expect(found).toHaveLength(306);
    for (const line of found) {
        expect(line).toMatchObject({ "ecs.version": "8.17.0", "service.name": 'a "service"' });
        expect(Object.keys(line)).toEqual(expect.arrayContaining(["@timestamp", "log.level", "log.logger", "message"]));
    }
    const [first, second, allowed, denied, failed] = found;
    expect(first).toMatchObject({ "url.path": '/a/"b"', "http.response.status_code": 200, "client.user.id": '"c"' });
    expect(first?.message).toBe('GET /a/"b" 200 1.5 ms');
    expect(second).toMatchObject({ message: "GET /a aborted 0.0 ms", "error.type": "aborted" });
    expect(allowed?.ocsf).toMatchObject({
        actor: { app_uid: '"c"' },
        status_id: 1,
        metadata: { correlation_uid: "1".repeat(32) },
    });
    expect(denied?.ocsf).toMatchObject({
        actor: { user: { name: "unknown" } },
        src_endpoint: { ip: "::1" },
        status_id: 2,
    });
    expect(failed).toMatchObject({ "error.type": "TypeError", "log.level": "error" });
    expect(found.slice(5).map(({ message }) => (message as string).length)).toEqual([...Array(300).keys(), 50_000]);
});
