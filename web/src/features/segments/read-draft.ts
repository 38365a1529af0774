import type { ValueShape } from '../../../../src/contract/segment-operators.ts';
import { MOST_CLAUSES, MOST_DAYS, MOST_LEVELS, type SegmentFilter } from '../../../../src/contract/segments.ts';
import { type Declared, type DraftClause, type DraftGroup, isGroup, kindOf, partsOf, shapeOf } from './draft.ts';
import { strings } from './strings.ts';

export interface DraftReading {
  /** As the API takes it; null while something is missing. */
  readonly filter: SegmentFilter | null;
  /** What is missing or wrong, by the part it belongs to. */
  readonly faults: ReadonlyMap<number, string>;
  /** Which part stands at which path of the filter: `filter/and/0`. */
  readonly places: ReadonlyMap<string, number>;
}

/** A draft as a filter, with what is wrong beside the part it is wrong in. */
export function readDraft(root: DraftGroup, declared: Declared): DraftReading {
  const reader = new DraftReader(declared);
  const filter = reader.group(root, 'filter', 1);
  return { filter: reader.faults.size === 0 ? filter : null, faults: reader.faults, places: reader.places };
}

class DraftReader {
  readonly faults = new Map<number, string>();
  readonly places = new Map<string, number>();
  readonly #declared: Declared;
  #clauses = 0;

  constructor(declared: Declared) {
    this.#declared = declared;
  }

  group(group: DraftGroup, path: string, level: number): SegmentFilter {
    this.places.set(path, group.id);
    if (group.parts.length === 0) this.faults.set(group.id, strings.faults.emptyGroup);
    if (level > MOST_LEVELS) this.faults.set(group.id, strings.faults.tooDeep({ count: MOST_LEVELS }));
    const parts = group.parts.map((part, i) => {
      const at = `${path}/${group.join}/${i}`;
      return isGroup(part) ? this.group(part, at, level + 1) : this.clause(part, at);
    });
    return { [group.join]: parts };
  }

  clause(clause: DraftClause, path: string): SegmentFilter {
    this.places.set(path, clause.id);
    this.#clauses += 1;
    if (this.#clauses > MOST_CLAUSES) this.faults.set(clause.id, strings.faults.tooMany({ count: MOST_CLAUSES }));
    const { subject, op } = clause;
    const [what, name] = partsOf(subject);
    const kind = kindOf(subject, this.#declared);
    if (kind === null) this.faults.set(clause.id, strings.faults.goneAttribute);
    if (what === 'activity') return this.#activity(clause, name);
    const shape = shapeOf(kind, op);
    const value = readValue(shape, clause.values);
    if (value === undefined) this.faults.set(clause.id, strings.faults.values[shape]);
    return {
      [what]: name,
      op,
      ...(shape === 'none' ? {} : { value }),
      ...(kind === 'lists' ? { status: clause.status as NonNullable<SegmentFilter['status']> } : {}),
    };
  }

  #activity({ id, op, days, campaignIds, link }: DraftClause, activity: string): SegmentFilter {
    const count = wholeOf(days);
    if (days.trim() !== '' && (count === undefined || count < 1 || count > 3650))
      this.faults.set(id, strings.faults.days);
    return {
      activity,
      op,
      ...(campaignIds.length === 0 ? {} : { campaignIds: [...campaignIds] }),
      ...(count === undefined ? {} : { days: count }),
      ...(activity === 'clicked' && link.trim() !== '' ? { link: link.trim() } : {}),
    };
  }
}

/** Undefined: it is missing, or of another shape. */
function readValue(shape: ValueShape, values: readonly string[]): unknown {
  const [first = '', second = ''] = values;
  switch (shape) {
    case 'none':
      return null;
    case 'text':
    case 'status':
      return first === '' ? undefined : first;
    case 'texts':
    case 'ids':
      return values.length === 0 ? undefined : [...values];
    case 'number':
      return numberOf(first);
    case 'numbers': {
      const [least, most] = [numberOf(first), numberOf(second)];
      return least === undefined || most === undefined || least > most ? undefined : [least, most];
    }
    case 'day':
      return isDay(first) ? first : undefined;
    case 'days':
      return isDay(first) && isDay(second) && first <= second ? [first, second] : undefined;
    case 'count': {
      const count = wholeOf(first);
      return count === undefined || count > MOST_DAYS ? undefined : count;
    }
  }
}

function numberOf(text: string): number | undefined {
  return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;
}

function wholeOf(text: string): number | undefined {
  return /^\d+$/.test(text.trim()) ? Number(text) : undefined;
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text);
}

interface Finding {
  readonly path: string;
  readonly message: string;
}

/** What the server found, by the part it is about: the one whose path it begins with. */
export function placeFindings(
  findings: readonly Finding[],
  places: ReadonlyMap<string, number>,
): ReadonlyMap<number, string> {
  const placed = new Map<number, string>();
  for (const { path, message } of findings) {
    const steps = path.split('/');
    while (steps.length > 0 && !places.has(steps.join('/'))) steps.pop();
    const id = places.get(steps.join('/'));
    if (id !== undefined && !placed.has(id)) placed.set(id, message);
  }
  return placed;
}
