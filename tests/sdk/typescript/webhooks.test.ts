/** Standard Webhooks: messages that prove where they come from. */

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { verifyWebhook, WebhookRefused } from "../npm/src/runtime/webhooks.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const body = '{"type": "quote.answered", "id": 9007199254740993}';

function signed(at = Math.floor(Date.now() / 1000), by = secret): Record<string, string> {
  const key = Buffer.from(by.replace("whsec_", ""), "base64");
  const signature = createHmac("sha256", key).update(`msg_1.${at}.${body}`).digest("base64");
  return { "Webhook-Id": "msg_1", "webhook-timestamp": String(at), "webhook-signature": `v1a,bm90IHRoaXM= v1,${signature}` };
}

test("a message is read once its signature is right", async () => {
  assert.deepEqual(await verifyWebhook({ secrets: [secret] }, signed(), body), { type: "quote.answered", id: 9007199254740993n });
  assert.ok(await verifyWebhook({ secrets: [secret] }, new Headers(signed()), new TextEncoder().encode(body)));
});

test("two secrets are good while one replaces the other", async () => {
  assert.ok(await verifyWebhook({ secrets: ["whsec_bmV3ZXIgbmV3ZXIgbmV3ZXI=", secret] }, signed(), body));
});

test("a message that proves nothing is refused", async () => {
  const now = Math.floor(Date.now() / 1000);
  const { "webhook-signature": _, ...unsigned } = signed();
  const refused: [Record<string, string>, string][] = [
    [signed(now, "whsec_b3RoZXIgb3RoZXIgb3RoZXI="), body],
    [signed(), body.replace("quote", "order")],
    [signed(now - 600), body],
    [signed(now + 600), body],
    [{ ...signed(), "webhook-timestamp": "soon" }, body],
    [{ ...signed(), "Webhook-Id": "msg_2" }, body],
    [{ ...signed(), "webhook-signature": "v1,###" }, body],
    [unsigned, body],
  ];
  for (const [headers, text] of refused) await assert.rejects(verifyWebhook({ secrets: [secret] }, headers, text), WebhookRefused);
});

test("the example of the specification's reference library", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 1_614_265_330_000 });
  const headers = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  };
  assert.deepEqual(await verifyWebhook({ secrets: [secret] }, headers, '{"test": 2432232314}'), { test: 2432232314 });
});

test("a secret that is none, or can be guessed, is a mistake", async () => {
  for (const secrets of [[], ["whsec_"], ["whsec_c2hvcnQ="], ["###"]]) {
    await assert.rejects(verifyWebhook({ secrets }, signed(), body), TypeError);
  }
});
