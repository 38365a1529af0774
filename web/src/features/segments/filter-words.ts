import { type Declared, type DraftClause, type DraftGroup, isGroup, kindOf, partsOf, shapeOf } from './draft.ts';
import { strings } from './strings.ts';

/** Names of lists and campaigns by id. */
export type Names = ReadonlyMap<string, string>;

/** What a draft means, as a sentence: "country is Germany and opened any campaign in the last 30 days". */
export function draftWords(root: DraftGroup, declared: Declared, names: Names): string {
  return groupWords(root, declared, names);
}

function groupWords({ join, parts }: DraftGroup, declared: Declared, names: Names): string {
  const words = parts.map((part) => {
    if (!isGroup(part)) return clauseWords(part, declared, names);
    const inner = groupWords(part, declared, names);
    return part.parts.length > 1 && part.join !== 'not' ? `(${inner})` : inner;
  });
  if (join === 'not') return strings.words.noneOf({ parts: words.join('; ') });
  return words.join(` ${strings.words[join]} `);
}

function clauseWords(clause: DraftClause, declared: Declared, names: Names): string {
  const [what, name] = partsOf(clause.subject);
  if (what === 'activity') return activityWords(clause, name, names);
  const kind = kindOf(clause.subject, declared);
  if (kind === null || kind === 'activity') return `${name} …`;
  const operators: Readonly<Record<string, string>> = strings.operators[kind];
  const op = operators[clause.op] ?? clause.op;
  const head = subjectWords(clause.subject);
  const values = valuesWords(clause, shapeOf(kind, clause.op), names);
  if (kind !== 'lists')
    return op.includes('…') ? `${head} ${op.replace('…', values)}` : `${head} ${op} ${values}`.trim();
  const status = clause.status === 'any' ? '' : ` (${statusWords(clause.status)})`;
  return `${op} ${values}${status}`;
}

function valuesWords({ values }: DraftClause, shape: ReturnType<typeof shapeOf>, names: Names): string {
  switch (shape) {
    case 'none':
      return '';
    case 'numbers':
    case 'days':
      return `${values[0] ?? '…'} ${strings.words.and} ${values[1] ?? '…'}`;
    case 'ids':
      return values.map((id) => names.get(id) ?? '…').join(` ${strings.words.or} `) || '…';
    case 'status':
      return values.map(statusWords).join('');
    case 'text':
    case 'texts':
    case 'number':
    case 'day':
    case 'count':
      return values.join(` ${strings.words.or} `) || '…';
  }
}

function activityWords({ op, campaignIds, days, link }: DraftClause, name: string, names: Names): string {
  const activity = strings.activities[name as keyof typeof strings.activities];
  if (!activity) return `${name} …`;
  const campaigns = campaignIds.map((id) => names.get(id) ?? '…').join(` ${strings.words.or} `);
  const parts = [
    op === 'didNot' ? activity.didNot : activity.did,
    campaignIds.length === 0 ? strings.words.anyCampaign : strings.words.campaign({ names: campaigns }),
    name === 'clicked' && link !== '' ? strings.words.link({ link }) : '',
    days === '' ? '' : strings.words.inDays({ days }),
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** How a field, an attribute or an activity is called. */
export function subjectWords(subject: string): string {
  const [what, name] = partsOf(subject);
  if (what === 'field') return strings.fields[name as keyof typeof strings.fields] ?? name;
  if (what === 'activity') return strings.activities[name as keyof typeof strings.activities]?.name ?? name;
  return name;
}

export function statusWords(status: string): string {
  return strings.statuses[status as keyof typeof strings.statuses] ?? status;
}
