import { createHash } from 'node:crypto';
import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { invalid } from '../core/content.ts';
import type { Core } from '../core/context.ts';
import { removeSpoolFile, type Spooled, spool } from '../core/spool.ts';
import { AppError, messageOf } from '../errors.ts';
import { uuid7 } from '../lib/uuid7.ts';
import { beginRequest } from './idempotency.ts';

export const MOST_UPLOAD_BYTES = 5 * 1024 ** 3;

export interface Upload {
  readonly spooled: Spooled;
  readonly filename: string;
  readonly fields: Readonly<Record<string, string>>;
  /** SHA-256 over the file and the fields: two uploads with the same one are the same request. */
  readonly hash: Buffer;
}

type SpoolCore = Pick<Core, 'dataDir'>;

/** Takes in one file and its fields, whatever their order; the file goes to disk as it comes. */
async function readUpload(core: SpoolCore, request: FastifyRequest): Promise<Upload> {
  const fields: Record<string, string> = {};
  let file: { spooled: Spooled; filename: string } | null = null;
  try {
    for await (const part of request.parts()) {
      if (part.type === 'field') fields[part.fieldname] = textOf(part);
      else file = await takeFile(core, part, file);
    }
  } catch (error) {
    if (file) await removeSpoolFile(core, file.spooled.file);
    throw explain(error);
  }
  if (!file) throw invalid('file', 'is missing: send the file as a part of the form');
  const hash = createHash('sha256')
    .update(file.spooled.sha256)
    .update(JSON.stringify(Object.entries(fields).sort()));
  return { ...file, fields, hash: hash.digest() };
}

/**
 * Takes in the upload of a request; null when the request was answered before, by its Idempotency-Key: then the reply is
 * sent, and the file gone.
 */
export async function readUploadOnce(core: Core, request: FastifyRequest, reply: FastifyReply): Promise<Upload | null> {
  const upload = await readUpload(core, request);
  let keep = false;
  try {
    keep = !(await beginRequest(core, request, reply, upload.hash));
  } finally {
    if (!keep) await removeSpoolFile(core, upload.spooled.file);
  }
  return keep ? upload : null;
}

async function takeFile(core: SpoolCore, part: MultipartFile, before: { spooled: Spooled } | null) {
  if (before) throw invalid('file', 'send one file at a time');
  const spooled = await spool(core, `${uuid7()}.upload`, part.file);
  return { spooled, filename: part.filename };
}

function textOf(part: MultipartValue): string {
  return typeof part.value === 'string' ? part.value : JSON.stringify(part.value);
}

/** The form parser's own errors carry no code: whatever is neither ours nor Fastify's is a form that breaks off. */
function explain(error: unknown): unknown {
  const { code } = error as { code?: unknown };
  if (error instanceof AppError || typeof code === 'string') return error;
  return new AppError('BODY_MALFORMED', `The form cannot be read: ${messageOf(error)}. Nothing was imported.`, {
    cause: error,
  });
}
