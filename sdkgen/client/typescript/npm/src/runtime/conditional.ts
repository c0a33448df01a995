/** Operations that answer 304 to those who say what they have already (RFC 9110, section 13). */

import type { Client } from "./client.ts";
import { type Given, type Operation, operation, type Policy, type Result } from "./operation.ts";
import type { CallOptions } from "./options.ts";

/** One that answers 304 only where one of the arguments `Condition` is given. */
export interface ConditionalOperation<
  Arguments,
  Responses,
  Success extends keyof Responses,
  Condition extends keyof Arguments,
> extends Operation<Arguments, Responses, Success> {
  (client: Client, ...rest: Given<Without<Arguments, Condition>, [options?: CallOptions]>): Promise<Responses[Exclude<Success, 304>]>;
  result(
    client: Client,
    ...rest: Given<Without<Arguments, Condition>, [options?: CallOptions]>
  ): Promise<Result<Responses[Exclude<Success, 304>]>>;
  result(client: Client, ...rest: Given<Arguments, [options?: CallOptions]>): Promise<Result<Responses[Success]>>;
}

type Without<Arguments, Name extends keyof Arguments> = Omit<Arguments, Name> & { readonly [Key in Name]?: undefined };

export function conditionalOperation<
  Arguments,
  Responses,
  Success extends keyof Responses,
  Condition extends keyof Arguments,
>(policy: Policy): ConditionalOperation<Arguments, Responses, Success, Condition> {
  return operation<Arguments, Responses, Success>(policy) as ConditionalOperation<Arguments, Responses, Success, Condition>;
}
