/** What the measured service does: the same as its peer. */

import type * as contract from "./contract/index.ts";

export class Operations implements contract.Operations {
    async createOrder(request: contract.CreateOrderRequest): Promise<contract.CreateOrderResponse> {
        return { status: 201, body: request.body };
    }
}
