import type { FastifyInstance, FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { Settings } from 'typebox/system';
import { Value } from 'typebox/value';
import { AppError, type ErrorDetail } from '../errors.ts';

/** So many findings are enough to mend a request, however many there are. */
const MOST_FINDINGS = 100;

/** Checks requests with the schemas' own compiler: 10,000 inline recipients take 2 ms. Only query strings are converted. */
export function validateRequests(app: FastifyInstance): void {
  Settings.Set({ maxErrors: MOST_FINDINGS });
  app.setValidatorCompiler(compile as FastifySchemaCompiler<unknown>);
}

const compile: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  return (given: unknown) => {
    const value = httpPart === 'querystring' ? Value.Default(schema, Value.Convert(schema, given)) : given;
    if (validator.Check(value)) return { value };
    return { error: validationError(validator.Errors(value)) };
  };
};

function validationError(findings: readonly TLocalizedValidationError[]): AppError {
  const details = dropUnlikelyBranches(findings).flatMap(describe);
  const [first] = details;
  const more = details.length > 1 ? ` (and ${details.length - 1} more)` : '';
  return new AppError('VALIDATION', `${first?.path || 'the request'} ${first?.message ?? 'is not valid'}${more}`, {
    details,
  });
}

/**
 * A value that fits no branch of a union is reported once for every branch. Branches of another type than the value are
 * left out, and a choice of constants becomes one finding.
 */
function dropUnlikelyBranches(findings: readonly TLocalizedValidationError[]): TLocalizedValidationError[] {
  let kept = [...findings];
  // Inner unions are reported before the ones around them.
  for (const union of findings.filter(({ keyword }) => keyword === 'anyOf')) {
    const branchOf = ({ schemaPath }: TLocalizedValidationError) =>
      schemaPath.startsWith(`${union.schemaPath}/anyOf/`)
        ? schemaPath.slice(union.schemaPath.length + '/anyOf/'.length).split('/', 1)[0]
        : undefined;
    const inside = kept.filter((finding) => under(finding, union) && branchOf(finding) !== undefined);
    const wrongType = new Set(
      inside
        .filter(({ keyword, instancePath }) => isMismatch(keyword) && instancePath === union.instancePath)
        .map(branchOf),
    );
    const telling = inside.filter((finding) => !wrongType.has(branchOf(finding)));
    const drop = new Set<TLocalizedValidationError>(telling.length > 0 ? inside : []);
    for (const finding of telling) drop.delete(finding);
    if (telling.length > 0) drop.add(union);
    else for (const finding of inside) drop.add(finding);
    kept = kept.filter((finding) => !drop.has(finding));
    if (telling.length === 0) replaceUnion(kept, union, inside);
  }
  return kept;
}

function under(finding: TLocalizedValidationError, union: TLocalizedValidationError): boolean {
  return finding.instancePath === union.instancePath || finding.instancePath.startsWith(`${union.instancePath}/`);
}

function isMismatch(keyword: string): boolean {
  return keyword === 'type' || keyword === 'const';
}

function replaceUnion(
  kept: TLocalizedValidationError[],
  union: TLocalizedValidationError,
  inside: readonly TLocalizedValidationError[],
): void {
  const choices = inside.map((finding) => {
    const { allowedValue, type } = finding.params as { allowedValue?: unknown; type?: unknown };
    return finding.keyword === 'const' ? JSON.stringify(allowedValue) : String(type);
  });
  const at = kept.indexOf(union);
  const message = `must be ${[...new Set(choices)].join(' or ')}`;
  if (at >= 0 && choices.length > 0) kept[at] = { ...union, message };
}

function describe(finding: TLocalizedValidationError): ErrorDetail[] {
  const path = finding.instancePath.slice(1).replaceAll('~1', '/').replaceAll('~0', '~');
  const below = (name: string) => (path === '' ? name : `${path}/${name}`);
  switch (finding.keyword) {
    case 'boolean':
      return []; // said by the additionalProperties finding beside it
    case 'required':
      return finding.params.requiredProperties.map((name) => ({ path: below(name), message: 'is missing' }));
    case 'additionalProperties':
      return finding.params.additionalProperties.map((name) => ({
        path: below(String(name)),
        message: 'is not a field that is known here',
      }));
    case 'type':
      return [{ path, message: path === '' ? 'needs a JSON object as its body' : `must be ${article(finding.params.type)}` }];
    case 'enum':
      return [{ path, message: `must be one of ${finding.params.allowedValues.join(', ')}` }];
    case 'format':
      return [{ path, message: FORMATS[finding.params.format] ?? `is not a ${finding.params.format}` }];
    default:
      return [{ path, message: finding.message }];
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'is not an id (a UUID such as 0190a6f2-0c4e-7c3a-9d6b-6f6f6d2f4a11)',
  'date-time': 'is not a time with its zone, such as 2026-12-01T09:00:00Z',
};

function article(type: string | string[]): string {
  const names = Array.isArray(type) ? type : [type];
  const words = names.map((name) => ({ integer: 'a whole number', null: 'null', array: 'a list', object: 'an object' })[name] ?? `a ${name}`);
  return words.join(' or ');
}
