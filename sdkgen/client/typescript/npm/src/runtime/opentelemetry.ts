/**
 * Spans by OpenTelemetry's semantic conventions for HTTP clients, one for each attempt. An entry of its own, so that
 * only those who import it need `@opentelemetry/api`.
 */

import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Telemetry } from "./telemetry.ts";

/** `name` and `version` are those of the instrumentation scope. */
export function openTelemetry(name: string, version?: string): Telemetry {
  return {
    attempt({ method, template, url, resends }) {
      const span = trace.getTracer(name, version).startSpan(`${method} ${template}`, {
        kind: SpanKind.CLIENT,
        attributes: {
          "http.request.method": method,
          "server.address": url.hostname,
          "server.port": Number(url.port) || (url.protocol === "https:" ? 443 : 80),
          // Of the URL, neither the query's values, which may be secret, nor credentials.
          "url.full": `${url.origin}${url.pathname}`,
          "url.template": template,
          ...(resends > 0 && { "http.request.resend_count": resends }),
        },
      });
      const headers: Record<string, string> = {};
      propagation.inject(trace.setSpan(context.active(), span), headers);
      return {
        headers,
        end(result) {
          if ("status" in result) span.setAttribute("http.response.status_code", result.status);
          const failed = "error" in result ? nameOf(result.error) : result.status >= 400 ? String(result.status) : undefined;
          if (failed !== undefined) {
            span.setAttribute("error.type", failed);
            span.setStatus({ code: SpanStatusCode.ERROR });
          }
          span.end();
        },
      };
    },
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "_OTHER";
}
