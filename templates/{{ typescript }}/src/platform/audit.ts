/**
 * Security decisions as events of the Open Cybersecurity Schema Framework, one for each.
 *
 * The class is API Activity (6003) with the Security Control profile: what is decided, request by request, is whether an
 * API call may happen: by whom, with which scopes, how often. Authentication (3002) and Authorize Session (3003) describe
 * logons, and a resource server has none. The version is the oldest that has every field used; later ones of 1.x only
 * add.
 */

import type { Principal } from "./auth.ts";
import { event, quoted } from "./logs.ts";
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
    const { message, members } = constant(action, outcome, reason, operation);
    const { traceId } = record;
    event(
        "audit",
        message,
        record,
        `"event.kind":"event","ocsf":{"time":${Date.now()},${principal === null ? UNKNOWN : actorOf(principal)}` +
            `${quoted(address)}},${members}"${traceId}"}}`,
    );
}

/** What is the same whoever calls. */
interface Constant {
    readonly message: string;
    /** Up to the value of `correlation_uid`. */
    readonly members: string;
}

const constants = new Map<Operation, Map<string, Constant>>();

function constant(action: Action, outcome: Outcome, reason: string, operation: Operation): Constant {
    const key = `${action} ${outcome} ${reason}`;
    let known = constants.get(operation);
    if (known === undefined) {
        known = new Map();
        constants.set(operation, known);
    }
    let found = known.get(key);
    if (found === undefined) {
        const activity = ACTIVITIES[operation.method] ?? OTHER;
        const code = outcome === "allowed" ? 1 : 2;
        const members = {
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
            metadata: { ...METADATA, correlation_uid: "" },
        };
        found = {
            message: JSON.stringify(`${action} ${operation.id} ${outcome}`),
            members: JSON.stringify(members).slice(1, -'""}}'.length),
        };
        known.set(key, found);
    }
    return found;
}

const UNKNOWN = caller({ user: { name: "unknown", type_id: 0 } }, "unknown");
const actors = new WeakMap<Principal, string>();

/** Who calls, up to the value of `ip`. */
function caller(actor: object, name: string): string {
    return `"actor":${JSON.stringify(actor)},"src_endpoint":{"name":${JSON.stringify(name)},"ip":`;
}

function actorOf(principal: Principal): string {
    let found = actors.get(principal);
    if (found === undefined) {
        const org = principal.tenant === null ? undefined : { uid: principal.tenant };
        const user = { uid: principal.subject, type_id: OTHER, org };
        const actor = { app_uid: principal.clientId, user, idp: { uid: principal.issuer } };
        found = caller(actor, principal.clientId);
        actors.set(principal, found);
    }
    return found;
}
