/** Fastify with nothing on but Ajv, on the same route: the measure of the others. */

import Fastify from "fastify";

const app = Fastify({ logger: false });
const order = {
    type: "object",
    required: ["reference", "quantity", "urgent"],
    properties: {
        reference: { type: "string", maxLength: 100 },
        quantity: { type: "integer", minimum: 1 },
        urgent: { type: "boolean" },
    },
};

app.post("/orders", { schema: { body: order } }, async (request, reply) => reply.code(201).send(request.body));
await app.listen({ port: Number(process.env.PORT) });
