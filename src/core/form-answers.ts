import type { FormSettings } from '../contract/forms.ts';
import { parseEmailAddress } from '../domain/email-address.ts';
import type { FormView } from './form-embed.ts';

/** What somebody filled in, checked. */
export interface FormAnswers {
  readonly email: string;
  readonly emailKey: string;
  readonly listIds: readonly string[];
  readonly fields: Readonly<Record<string, string>>;
}

export interface Fault {
  /** Name of the input. */
  readonly field: string;
  readonly message: string;
}

const LONGEST = 300;

/** Faults are in the order of the inputs. */
export function readAnswers(
  { settings, lists }: Pick<FormView, 'settings' | 'lists'>,
  given: URLSearchParams,
): { readonly answers: FormAnswers } | { readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const address = parseEmailAddress(given.get('email') ?? '');
  if (!address.ok) faults.push({ field: 'email', message: addressFault(given.get('email') ?? '', address.reason) });
  const fields = readFields(settings, given, faults);
  const chosen = settings.chooseLists ? given.getAll('list') : lists.map(({ id }) => id);
  const listIds = lists.map(({ id }) => id).filter((id) => chosen.includes(id));
  if (listIds.length === 0) faults.push({ field: 'list', message: 'Choose at least one.' });
  if (settings.consentText && given.get('consent') !== 'yes')
    faults.push({ field: 'consent', message: 'Tick the box, so that we may write to you.' });
  if (faults.length > 0 || !address.ok) return { faults };
  return { answers: { email: address.address, emailKey: address.key, listIds, fields } };
}

function addressFault(text: string, reason: string): string {
  return text.trim() === '' ? 'Enter your email address.' : `This is no email address: ${reason}.`;
}

function readFields({ fields = [] }: FormSettings, given: URLSearchParams, faults: Fault[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { name, label, required = false } of fields) {
    const value = (given.get(name) ?? '').replace(/\p{Cc}+/gu, ' ').trim();
    if (value.length > LONGEST) faults.push({ field: name, message: `${label}: at most ${LONGEST} characters.` });
    else if (value !== '') values[name] = value;
    else if (required) faults.push({ field: name, message: `Fill in: ${label}.` });
  }
  return values;
}
