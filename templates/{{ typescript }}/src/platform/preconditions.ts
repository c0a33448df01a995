/** Conditional requests (RFC 9110, section 13): may the request go on, given the resource's current entity tag? */

import type { Operation } from "./operation.ts";
import { MalformedRequest, PreconditionFailed, PreconditionRequired } from "./problems.ts";

// An opaque tag may hold commas, so a list can't be split at them.
const TAG = '(W/)?("[\\x21\\x23-\\x7e\\x80-\\xff]*")';
const ELEMENT = new RegExp(TAG, "g");
const LIST = new RegExp(`^[ \\t,]*${TAG}([ \\t]*,[ \\t,]*${TAG})*[ \\t,]*$`);

export interface Preconditions {
    readonly ifMatch?: string | undefined;
    readonly ifNoneMatch?: string | undefined;
}

/** Insist on `If-Match` (RFC 6585, section 3). Throws PreconditionRequired where it is missing. */
export function require(ifMatch: string | undefined): asserts ifMatch is string {
    if (ifMatch === undefined) {
        throw new PreconditionRequired("Send the resource's ETag as If-Match.");
    }
}

/**
 * Evaluate the fields in their order (section 13.2.2); false means that the answer is 304.
 *
 * `entityTag` is the resource's, quoted as in `ETag`, or null where there is no such resource. To be called once it is
 * known that the request would otherwise succeed (section 13.2.1). Throws PreconditionFailed, or MalformedRequest for a
 * field that holds no entity tags.
 */
export function evaluate(operation: Operation, entityTag: string | null, given: Preconditions): boolean {
    if (given.ifMatch !== undefined && !matches("If-Match", given.ifMatch, entityTag, false)) {
        throw new PreconditionFailed("The resource does not have the entity tag of If-Match.");
    }
    if (given.ifNoneMatch !== undefined && matches("If-None-Match", given.ifNoneMatch, entityTag, true)) {
        if (operation.method === "GET" || operation.method === "HEAD") {
            return false;
        }
        throw new PreconditionFailed("The resource has the entity tag of If-None-Match.");
    }
    return true;
}

/** Whether `*` or one of the field's entity tags is the resource's (section 8.8.3.2). */
function matches(name: string, field: string, entityTag: string | null, weakly: boolean): boolean {
    if (/^[ \t]*\*[ \t]*$/.test(field)) {
        return entityTag !== null;
    }
    if (!LIST.test(field)) {
        throw new MalformedRequest(`${name} is neither * nor a list of entity tags.`);
    }
    if (entityTag === null) {
        return false;
    }
    const weak = entityTag.startsWith("W/");
    const opaque = weak ? entityTag.slice(2) : entityTag;
    return [...field.matchAll(ELEMENT)].some(
        (found) => found[2] === opaque && (weakly || !(weak || found[1] !== undefined)),
    );
}
