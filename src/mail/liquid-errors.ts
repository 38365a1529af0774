import type { Liquid } from 'liquidjs';
import { messageOf } from '../errors.ts';

const CLOSED_BY: Readonly<Record<string, string>> = {
  if: 'endif',
  unless: 'endunless',
  for: 'endfor',
  case: 'endcase',
  capture: 'endcapture',
  raw: 'endraw',
  comment: 'endcomment',
  tablerow: 'endtablerow',
};
const INNER_TAGS: Readonly<Record<string, string>> = {
  else: '{% if %}, {% case %} or {% for %}',
  elsif: '{% if %}',
  when: '{% case %}',
};

/** A sentence for people out of liquidjs' message. */
export function explainSyntaxError(error: unknown, engine: Liquid): string {
  const message = messageOf(error).replace(/, line:\d+, col:\d+$/, '');
  const explained = RULES.map(([pattern, explain]) => {
    const match = pattern.exec(message);
    return match === null ? undefined : explain(match[1] ?? '', engine);
  });
  return explained.find((text) => text !== undefined) ?? sentence(message);
}

type Rule = readonly [pattern: RegExp, explain: (found: string, engine: Liquid) => string];

const RULES: readonly Rule[] = [
  [/^output "?(.*)"? not closed$/s, () => 'this "{{" is never closed by "}}".'],
  [/^tag "(.*)" not closed$/s, () => 'this "{%" is never closed by "%}".'],
  [/^(?:tag|raw) (.*) not closed$/s, (tag) => `${shorten(tag)} is never closed: add ${closingTag(tag)}.`],
  [/^tag "(.*)" not found$/s, unknownTag],
  [
    /^undefined filter: (.*)$/s,
    (name, engine) => `there is no filter "${name}".${didYouMean(name, Object.keys(engine.filters))}`,
  ],
  [/^invalid value expression: "\s*"$/, () => 'nothing stands between "{{" and "}}".'],
  [/^invalid value expression: (.*)$/s, (found) => `${found} is not a value Liquid can read.`],
  [/^parse length limit exceeded$/, () => 'the template is too long.'],
];

function unknownTag(name: string, engine: Liquid): string {
  const opening = Object.keys(CLOSED_BY).find((tag) => CLOSED_BY[tag] === name);
  if (opening !== undefined) return `{% ${name} %} closes nothing: there is no {% ${opening} %} open here.`;
  const outer = INNER_TAGS[name];
  if (outer !== undefined) return `{% ${name} %} stands outside of ${outer}.`;
  return `there is no tag {% ${name} %}.${didYouMean(name, [...Object.keys(engine.tags), ...Object.values(CLOSED_BY)])}`;
}

function closingTag(tag: string): string {
  const name = /\w+/.exec(tag)?.[0] ?? '';
  return `{% ${CLOSED_BY[name] ?? `end${name}`} %}`;
}

function didYouMean(name: string, known: readonly string[]): string {
  const near = known.map((word) => [word, distance(name, word)] as const).sort((a, b) => a[1] - b[1])[0];
  return near !== undefined && near[1] <= 2 && near[1] < name.length ? ` Did you mean "${near[0]}"?` : '';
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function sentence(text: string): string {
  return `${text}${/[.!?]$/.test(text) ? '' : '.'}`;
}
