import type { AttributeType } from '../../../../src/contract/contact-attributes.ts';
import {
  type ClauseKind,
  KIND_OF_FIELD,
  KIND_OF_TYPE,
  OPERATORS,
  type ValueShape,
} from '../../../../src/contract/segment-operators.ts';
import { SEGMENT_ACTIVITIES, SEGMENT_FIELDS, type SegmentFilter } from '../../../../src/contract/segments.ts';

/** Attributes and their types, as far as they are declared. */
export type Declared = ReadonlyMap<string, AttributeType>;

export const JOINS = ['and', 'or', 'not'] as const;
export type Join = (typeof JOINS)[number];

export interface DraftGroup {
  readonly id: number;
  readonly join: Join;
  readonly parts: readonly DraftNode[];
}

/** A clause as it is being written: values are texts until it is read. */
export interface DraftClause {
  readonly id: number;
  /** `field:email`, `attribute:city`, `activity:opened`. */
  readonly subject: string;
  readonly op: string;
  /** One value, or two of a range; a list of them otherwise. */
  readonly values: readonly string[];
  /** Of lists: the status in them. */
  readonly status: string;
  /** Of an activity; empty: ever. */
  readonly days: string;
  /** Of an activity; none: any campaign. */
  readonly campaignIds: readonly string[];
  /** Of clicks; empty: any. */
  readonly link: string;
}

export type DraftNode = DraftGroup | DraftClause;

export function isGroup(node: DraftNode): node is DraftGroup {
  return 'parts' in node;
}

let lastId = 0;

/** Names parts of a draft as long as a page is open. */
function newId(): number {
  lastId += 1;
  return lastId;
}

const BLANK = { values: [], status: 'subscribed', days: '', campaignIds: [], link: '' } as const;

export function newClause(subject: string, declared: Declared): DraftClause {
  return { id: newId(), ...BLANK, subject, op: operatorsOf(kindOf(subject, declared))[0] ?? '' };
}

export function newGroup(join: Join, parts: readonly DraftNode[] = []): DraftGroup {
  return { id: newId(), join, parts };
}

/** What a subject is compared as; null: there is no such attribute (any more). */
export function kindOf(subject: string, declared: Declared): ClauseKind | 'activity' | null {
  const [what, name] = partsOf(subject);
  if (what === 'activity') return 'activity';
  if (what === 'field') return SEGMENT_FIELDS.some((field) => field === name) ? KIND_OF_FIELD[name as FieldName] : null;
  const type = declared.get(name);
  return type === undefined ? null : KIND_OF_TYPE[type];
}

type FieldName = keyof typeof KIND_OF_FIELD;

/** `attribute:a:b` is the attribute `a:b`. */
export function partsOf(subject: string): [what: string, name: string] {
  const at = subject.indexOf(':');
  return [subject.slice(0, at), subject.slice(at + 1)];
}

export function operatorsOf(kind: ClauseKind | 'activity' | null): readonly string[] {
  if (kind === null) return [];
  return kind === 'activity' ? ['did', 'didNot'] : Object.keys(OPERATORS[kind]);
}

export function shapeOf(kind: ClauseKind | 'activity' | null, op: string): ValueShape {
  if (kind === null || kind === 'activity') return 'none';
  const shapes: Readonly<Record<string, ValueShape>> = OPERATORS[kind];
  return Object.hasOwn(shapes, op) ? (shapes[op] ?? 'none') : 'none';
}

/** With another subject or operator: what was written stays where it can still be meant. */
export function withSubject(clause: DraftClause, subject: string, declared: Declared): DraftClause {
  const before = kindOf(clause.subject, declared);
  const kind = kindOf(subject, declared);
  if (kind === before) return { ...clause, subject };
  return { ...clause, ...BLANK, subject, op: operatorsOf(kind)[0] ?? '' };
}

export function withOp(clause: DraftClause, op: string, declared: Declared): DraftClause {
  const kind = kindOf(clause.subject, declared);
  const isSame = shapeOf(kind, clause.op) === shapeOf(kind, op);
  return { ...clause, op, values: isSame ? clause.values : [] };
}

/** The draft with one part of it changed; null takes it out. */
export function replaced<Node extends DraftNode>(
  node: Node,
  id: number,
  change: (part: DraftNode) => DraftNode | null,
): Node {
  if (!isGroup(node)) return node;
  const parts = node.parts.flatMap((part) => {
    if (part.id !== id) return [replaced(part, id, change)];
    const changed = change(part);
    return changed === null ? [] : [changed];
  });
  return { ...node, parts };
}

export function withPart(root: DraftGroup, groupId: number, part: DraftNode): DraftGroup {
  if (root.id === groupId) return { ...root, parts: [...root.parts, part] };
  return replaced(root, groupId, (group) => (isGroup(group) ? { ...group, parts: [...group.parts, part] } : group));
}

/** A filter as the API has it, to be changed. The outermost is always a group. */
export function draftOf(filter: SegmentFilter): DraftGroup {
  const node = nodeOf(filter);
  return isGroup(node) ? node : newGroup('and', [node]);
}

function nodeOf(filter: SegmentFilter): DraftNode {
  const join = JOINS.find((name) => filter[name] !== undefined);
  if (join)
    return newGroup(
      join,
      (filter[join] ?? []).map((part) => nodeOf(part as SegmentFilter)),
    );
  const { field, attribute, activity, op = 'did', value, status, days, campaignIds = [], link = '' } = filter;
  const values = value === undefined ? [] : (Array.isArray(value) ? value : [value]).map(String);
  return {
    id: newId(),
    subject: field ? `field:${field}` : activity ? `activity:${activity}` : `attribute:${attribute ?? ''}`,
    op,
    values,
    status: status ?? 'subscribed',
    days: days === undefined ? '' : String(days),
    campaignIds,
    link,
  };
}

export const ACTIVITIES = SEGMENT_ACTIVITIES;
