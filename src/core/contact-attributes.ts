import type { ContactAttribute, DeclaredAttribute } from '../contract/contact-attributes.ts';
import {
  type AttributeRow,
  countMisfits,
  deleteAttribute,
  listAttributes,
  putAttribute,
} from '../db/contact-attributes.ts';
import { type AttributeType, misfit } from '../domain/attribute-type.ts';
import { AppError } from '../errors.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';

type AttributeCore = Pick<Core, 'db'>;

/** As text; more than this is a file, not merge fields. */
const MOST_LENGTH = 64 * 1024;

export async function listContactAttributes(core: AttributeCore, caller: Caller): Promise<ContactAttribute[]> {
  return (await listAttributes(core.db.sql, caller.workspaceId)).map(show);
}

/** From now on values of another type are refused. Those that are there stay; how many they are is told. */
export async function declareAttribute(
  core: AttributeCore,
  caller: Caller,
  name: string,
  type: AttributeType,
): Promise<DeclaredAttribute> {
  if (/\p{Cc}/u.test(name) || name.trim() !== name)
    throw invalid('name', 'begins or ends with a blank, or holds a control character');
  const attribute = { workspaceId: caller.workspaceId, name, type };
  const row = await putAttribute(core.db.sql, attribute);
  return { ...show(row), misfits: await countMisfits(core.db.sql, attribute) };
}

/** Its values stay, and may be anything again. */
export async function forgetAttribute(core: AttributeCore, caller: Caller, name: string): Promise<void> {
  if (!(await deleteAttribute(core.db.sql, caller.workspaceId, name)))
    throw new AppError('NOT_FOUND', `No attribute "${name}" is declared in this workspace.`);
}

/** Throws VALIDATION for what is too large, or of another type than declared. Null takes a value out, whatever its type. */
export async function checkAttributes(
  core: AttributeCore,
  caller: Caller,
  attributes: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (JSON.stringify(attributes).length > MOST_LENGTH) throw invalid('attributes', 'are over 64 KB');
  if (Object.keys(attributes).length === 0) return;
  for (const { name, type } of await listAttributes(core.db.sql, caller.workspaceId)) {
    const value = attributes[name];
    const reason = value === undefined || value === null ? null : misfit(type, value);
    if (reason !== null) throw invalid(`attributes/${name}`, reason);
  }
}

function show({ name, type, createdAt }: AttributeRow): ContactAttribute {
  return { name, type, createdAt: createdAt.toISOString() };
}
