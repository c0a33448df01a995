/**
 * Security decisions as events of the Open Cybersecurity Schema Framework, one for each.
 *
 * The class is API Activity (6003) with the Security Control profile: what is decided, request by request, is whether an
 * API call may happen: by whom, with which scopes, how often. Authentication (3002) and Authorize Session (3003) describe
 * logons, and a resource server has none. The version is the oldest that has every field used; later ones of 1.x only
 * add.
 */

import type { Principal } from "./auth.ts";
import { logger } from "./logs.ts";
import type { Operation } from "./operation.ts";
import type { RequestRecord } from "./telemetry/record.ts";

export type Action = "authenticate" | "authorize" | "limit";
export type Outcome = "allowed" | "denied";

const OTHER = 99;
const ACTIVITIES: Readonly<Record<string, number>> = { POST: 1, GET: 2, HEAD: 2, PUT: 3, PATCH: 3, DELETE: 4 };
const METADATA = {
    version: "1.3.0",
    profiles: ["security_control"],
    product: { vendor_name: "Paviour", name: "platform" },
};

export interface Decision {
    readonly action: Action;
    readonly outcome: Outcome;
    /** A problem's slug or a word of the platform's, never text of the caller's. */
    readonly reason: string;
    /** Null until a token is verified. */
    readonly principal: Principal | null;
    readonly operation: Operation;
    /** The caller's, as far as it is known. */
    readonly address: string;
    readonly record: RequestRecord;
}

/** Records that a caller may or may not call an operation. */
export function decided({ action, outcome, reason, principal, operation, address, record }: Decision): void {
    const activity = ACTIVITIES[operation.method] ?? OTHER;
    const code = outcome === "allowed" ? 1 : 2;
    logger("audit").info(
        {
            "trace.id": record.traceId,
            "span.id": record.spanId,
            "event.kind": "event",
            ocsf: {
                time: Date.now(),
                ...caller(principal, address),
                category_uid: 6,
                class_uid: 6003,
                activity_id: activity,
                type_uid: 600300 + activity,
                severity_id: code,
                status_id: code,
                status_detail: reason,
                action_id: code,
                disposition_id: code,
                authorizations: [{ decision: outcome, policy: { name: action } }],
                api: { operation: operation.id },
                metadata: { ...METADATA, correlation_uid: record.traceId },
            },
        },
        `${action} ${operation.id} ${outcome}`,
    );
}

function caller(principal: Principal | null, address: string): object {
    const source = { name: principal?.clientId ?? "unknown", ip: address };
    if (principal === null) {
        return { actor: { user: { name: "unknown", type_id: 0 } }, src_endpoint: source };
    }
    const org = principal.tenant === null ? undefined : { uid: principal.tenant };
    return {
        actor: {
            app_uid: principal.clientId,
            user: { uid: principal.subject, type_id: OTHER, org },
            idp: { uid: principal.issuer },
        },
        src_endpoint: source,
    };
}
