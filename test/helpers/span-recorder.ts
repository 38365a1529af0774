import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import {
  type Attributes,
  type Context,
  type ContextManager,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  type SpanOptions,
  SpanStatusCode,
  type TextMapPropagator,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';

interface RecordedSpan {
  readonly name: string;
  readonly attributes: Attributes;
  readonly traceId: string;
  readonly id: string;
  readonly parentId: string | null;
  isEnded: boolean;
  isError: boolean;
}

/** The least that an OpenTelemetry SDK is, registered with the API: every span is kept in memory. */
export class SpanRecorder {
  readonly spans: RecordedSpan[] = [];

  start(): void {
    trace.setGlobalTracerProvider({ getTracer: () => this.#tracer() });
    context.setGlobalContextManager(new AsyncContexts());
    propagation.setGlobalPropagator(TRACE_CONTEXT);
  }

  stop(): void {
    trace.disable();
    context.disable();
    propagation.disable();
  }

  named(name: string): RecordedSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  #tracer(): Tracer {
    const startSpan = (name: string, options: SpanOptions = {}, within: Context = context.active()) =>
      this.#open(name, options, within);
    const startActiveSpan = (name: string, ...rest: unknown[]) => {
      const work = rest.at(-1) as (span: Span) => unknown;
      const options = rest.length > 1 ? (rest[0] as SpanOptions) : {};
      const span = startSpan(name, options);
      return context.with(trace.setSpan(context.active(), span), () => work(span));
    };
    return { startSpan, startActiveSpan: startActiveSpan as Tracer['startActiveSpan'] };
  }

  #open(name: string, { attributes = {} }: SpanOptions, within: Context): Span {
    const parent = trace.getSpanContext(within);
    const recorded: RecordedSpan = {
      name,
      attributes: { ...attributes },
      traceId: parent?.traceId ?? randomBytes(16).toString('hex'),
      id: randomBytes(8).toString('hex'),
      parentId: parent?.spanId ?? null,
      isEnded: false,
      isError: false,
    };
    this.spans.push(recorded);
    return recordingSpan(recorded);
  }
}

function recordingSpan(recorded: RecordedSpan): Span {
  const { traceId, id: spanId } = recorded;
  const spanContext: SpanContext = { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
  const span: Span = {
    spanContext: () => spanContext,
    setAttribute: (key, value) => {
      recorded.attributes[key] = value;
      return span;
    },
    setAttributes: (attributes) => {
      Object.assign(recorded.attributes, attributes);
      return span;
    },
    addEvent: () => span,
    addLink: () => span,
    addLinks: () => span,
    setStatus: ({ code }) => {
      recorded.isError = code === SpanStatusCode.ERROR;
      return span;
    },
    updateName: () => span,
    end: () => {
      recorded.isEnded = true;
    },
    isRecording: () => true,
    recordException: () => {},
  };
  return span;
}

class AsyncContexts implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    within: Context,
    work: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(within, () => work.call(thisArg, ...args));
  }

  bind<T>(_within: Context, target: T): T {
    return target;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    return this;
  }
}

/** `traceparent` of W3C Trace Context, version 00. */
const TRACE_CONTEXT: TextMapPropagator = {
  inject: () => {},
  extract: (within, carrier, getter) => {
    const header = getter.get(carrier, 'traceparent');
    const [, traceId, spanId] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(String(header)) ?? [];
    if (!traceId || !spanId) return within;
    return trace.setSpanContext(within, { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true });
  },
  fields: () => ['traceparent'],
};
