import {
  type Attributes,
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

export type { Attributes, Span };

/**
 * Spans by the OpenTelemetry API alone: whoever wants them loads an SDK into the process (`node --import ./otel.mjs`),
 * and without one a span costs less than a microsecond. None is made for a single message.
 */
const tracer = () => trace.getTracer('postrider');

/** Runs `work` in a span that ends with it, and says so when it throws. Attributes may be added to the span while it runs. */
export async function withSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T> | T,
): Promise<T> {
  return tracer().startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** A span for a request from outside, as part of the trace that its `traceparent` header names (W3C Trace Context). */
export function startRequestSpan(
  name: string,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  attributes: Attributes,
): { readonly span: Span; readonly within: Context } {
  const parent = propagation.extract(ROOT_CONTEXT, headers);
  const span = tracer().startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
  return { span, within: trace.setSpan(parent, span) };
}

/** Calls `work` so that spans made in it, and in what it begins, belong to the span of this context. */
export function runWithin<T>(within: Context, work: () => T): T {
  return context.with(within, work);
}

export function endRequestSpan(span: Span, status: number): void {
  span.setAttribute('http.response.status_code', status);
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

function fail(span: Span, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  span.recordException(error instanceof Error ? error : message);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
