/** What the service of the demo does: it orders what another service has quoted. */

import { randomUUID } from "node:crypto";
import type * as contract from "./contract/index.ts";
import * as problems from "./platform/problems.ts";
import { Client, clientCredentials, getQuote, NotFound } from "./quotes/index.ts";
import type { Settings } from "./settings.ts";

type Context = contract.Context<contract.Principal>;

export class Operations implements contract.Operations {
    readonly #url: string;
    /** By quote; in memory, for a demo. */
    readonly #orders = new Map<string, contract.Order[]>();

    constructor(settings: Settings) {
        this.#url = settings.quotesUrl;
    }

    async placeOrder(request: contract.PlaceOrderRequest, context: Context): Promise<contract.PlaceOrderResponse> {
        const { fetch } = context.outbound.client("quotes", this.#url);
        const auth = clientCredentials({
            tokenUrl: `${this.#url}/dev/issuer/token`,
            clientId: context.principal.clientId,
            clientSecret: "any",
            scopes: ["quotes:read"],
        });
        try {
            const { reference } = await getQuote(new Client({ baseUrl: this.#url, auth, fetch }), {
                quoteId: request.body.quote_id,
            });
            const order: contract.Order = { id: randomUUID(), reference, state: "placed" };
            this.#orders.set(request.body.quote_id, [...this.#ordersOf(request.body.quote_id), order]);
            return { status: 201, body: order };
        } catch (error) {
            if (error instanceof NotFound) {
                throw new problems.Conflict("There is no such quote.");
            }
            throw error;
        }
    }
    async listOrders(request: contract.ListOrdersRequest): Promise<contract.ListOrdersResponse> {
        return { status: 200, body: { items: this.#ordersOf(request.quoteId) } };
    }

    #ordersOf(quoteId: string): contract.Order[] {
        return this.#orders.get(quoteId) ?? [];
    }
}
