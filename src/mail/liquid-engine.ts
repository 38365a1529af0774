import { type Context, type Emitter, filters, Liquid, Tag, type TagToken, type TopLevelToken } from 'liquidjs';

/**
 * What one template may use up. They count work, not time: a worker that was stopped for a minute (or a slow machine) must
 * not turn a good message into a failed recipient, and the same template and data always end the same way.
 */
export const LIQUID_LIMITS = {
  /** Characters of one template's source. */
  source: 2_000_000,
  /** Nodes evaluated in one render; a loop of 100 items with 20 nodes uses 2,000. */
  steps: 50_000,
  /** Characters and array items that filters and ranges may produce in one render. */
  memory: 10_000_000,
  /** Characters of one rendered part. */
  output: 10_000_000,
} as const;

export type EscapeMode = 'html' | 'none';

const HTML_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};
const NEEDS_ESCAPE = /[&<>"']/;

export function escapeHtml(text: string): string {
  return NEEDS_ESCAPE.test(text) ? text.replace(/[&<>"']/g, (found) => HTML_ESCAPES[found] ?? found) : text;
}

/** Liquid's own way of turning a value into output. */
export function outputText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  return Array.isArray(value) ? value.map(outputText).join('') : String(value);
}

interface FilterThis {
  readonly context: Context;
}

function escapeOutput(this: FilterThis, value: unknown): string {
  const text = outputText(value);
  this.context.memoryLimit.use(text.length);
  return escapeHtml(text);
}

const ONE_TEMPLATE = 'is not available: a message is one template. Put the content itself in its place.';

class UnavailableTag extends Tag {
  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
    super(token, remaining, liquid);
    throw new Error(`{% ${token.name} %} ${ONE_TEMPLATE}`);
  }

  override render(_context: Context, _emitter: Emitter): void {}
}

/**
 * Liquid without files, prototypes or local time: merge data is other people's, and templates may come from any member of
 * a workspace. `date` works in UTC and English, so that every node of a cluster renders the same text.
 */
function createEngine(mode: EscapeMode): Liquid {
  const engine = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    templates: {},
    parseLimit: LIQUID_LIMITS.source,
    memoryLimit: LIQUID_LIMITS.memory,
    timezoneOffset: 0,
    locale: 'en-US',
    ...(mode === 'html' ? { outputEscape: escapeOutput } : {}),
  });
  for (const name of ['include', 'render', 'layout', 'block']) engine.registerTag(name, UnavailableTag);
  if (mode === 'html') registerEscapedFilters(engine);
  return engine;
}

/** Filters whose result is HTML already are not escaped once more when they stand last. */
function registerEscapedFilters(engine: Liquid): void {
  const { escape_once: escapeOnce, newline_to_br: newlineToBr } = filters;
  engine.registerFilter('escape', { raw: true, handler: escapeOutput });
  engine.registerFilter('xml_escape', { raw: true, handler: escapeOutput });
  if (typeof escapeOnce !== 'function' || typeof newlineToBr !== 'function') throw new Error('liquidjs has changed');
  engine.registerFilter('escape_once', { raw: true, handler: escapeOnce });
  engine.registerFilter('newline_to_br', {
    raw: true,
    handler(value: unknown): unknown {
      return newlineToBr.call(this, escapeOnce.call(this, value));
    },
  });
}

const ENGINES: Readonly<Record<EscapeMode, Liquid>> = { html: createEngine('html'), none: createEngine('none') };

export function liquidEngine(mode: EscapeMode): Liquid {
  return ENGINES[mode];
}
