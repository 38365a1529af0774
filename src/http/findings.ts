import type { TLocalizedValidationError } from 'typebox/error';
import type { ErrorDetail } from '../errors.ts';

type Finding = TLocalizedValidationError;

/** What a schema's compiler found, in words: one entry for each thing to mend, with a path such as `audience/3/email`. */
export function describeFindings(findings: readonly Finding[]): ErrorDetail[] {
  // Inner unions are reported in front of the ones around them.
  const unions = findings.filter(({ keyword }) => keyword === 'anyOf');
  return unions.reduce<readonly Finding[]>(settleUnion, findings).flatMap(describe);
}

/**
 * A value that fits no branch of a union comes with the findings of every branch. Those of a branch that is of another
 * type altogether help nobody; when all are, what helps is the list of what it may be.
 */
function settleUnion(findings: readonly Finding[], union: Finding): readonly Finding[] {
  const inside = findings.filter((finding) => branchOf(finding, union) !== null);
  const unlike = new Set(
    inside.filter((finding) => isUnlike(finding, union)).map((finding) => branchOf(finding, union)),
  );
  const telling = inside.filter((finding) => !unlike.has(branchOf(finding, union)));
  if (telling.length > 0) {
    return findings.filter((finding) => finding !== union && (!inside.includes(finding) || telling.includes(finding)));
  }
  const choices = { ...union, message: `must be ${[...new Set(inside.map(choiceOf))].join(' or ')}` };
  return findings.flatMap((finding) => (finding === union ? [choices] : inside.includes(finding) ? [] : [finding]));
}

/** Which branch of the union a finding comes from; null: from elsewhere. */
function branchOf(finding: Finding, union: Finding): string | null {
  const prefix = `${union.schemaPath}/anyOf/`;
  const sameValue =
    finding.instancePath === union.instancePath || finding.instancePath.startsWith(`${union.instancePath}/`);
  if (!sameValue || !finding.schemaPath.startsWith(prefix)) return null;
  return finding.schemaPath.slice(prefix.length).split('/', 1)[0] ?? null;
}

function isUnlike({ keyword, instancePath }: Finding, union: Finding): boolean {
  return (keyword === 'type' || keyword === 'const') && instancePath === union.instancePath;
}

function choiceOf(finding: Finding): string {
  if (finding.keyword === 'const') return JSON.stringify(finding.params.allowedValue);
  return finding.keyword === 'type' ? nameOf(finding.params.type) : finding.message;
}

function describe(finding: Finding): ErrorDetail[] {
  const path = finding.instancePath.slice(1).replaceAll('~1', '/').replaceAll('~0', '~');
  const below = (name: PropertyKey) => (path === '' ? String(name) : `${path}/${String(name)}`);
  switch (finding.keyword) {
    case 'boolean':
      return []; // said by the additionalProperties finding beside it
    case 'required':
      return finding.params.requiredProperties.map((name) => ({ path: below(name), message: 'is missing' }));
    case 'additionalProperties':
      return finding.params.additionalProperties.map((name) => ({
        path: below(name),
        message: 'is not a field that is known here',
      }));
    case 'type': {
      const whole = path === '' ? 'the request body ' : '';
      return [{ path, message: `${whole}must be ${nameOf(finding.params.type)}` }];
    }
    case 'enum':
      return [{ path, message: `must be one of ${finding.params.allowedValues.join(', ')}` }];
    case 'format':
      return [{ path, message: FORMATS[finding.params.format] ?? `is not a ${finding.params.format}` }];
    case 'pattern':
      return [{ path, message: `does not look as it should (${finding.params.pattern})` }];
    default:
      return [{ path, message: finding.message }];
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'is not an id (a UUID such as 0190a6f2-0c4e-7c3a-9d6b-6f6f6d2f4a11)',
  'date-time': 'is not a time with its zone, such as 2026-12-01T09:00:00Z',
};

const NAMES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  null: 'null',
  object: 'an object',
};

function nameOf(type: string | string[]): string {
  return [type]
    .flat()
    .map((name) => NAMES[name] ?? `a ${name}`)
    .join(' or ');
}
