import type { Form, FormSettings } from '../../../../src/contract/forms.ts';

type Field = NonNullable<FormSettings['fields']>[number];

/** A field with a name for as long as the page is open, so that rows stay themselves when others move. */
export interface DraftField extends Field {
  readonly key: number;
}

/** A form as it is being written: texts that are empty are not there. */
export interface FormDraft {
  readonly name: string;
  readonly listIds: readonly string[];
  readonly texts: Readonly<Record<TextName, string>>;
  readonly chooseLists: boolean;
  readonly fields: readonly DraftField[];
}

const TEXTS = [
  'title',
  'intro',
  'emailLabel',
  'listsLabel',
  'consentText',
  'button',
  'doneTitle',
  'doneText',
  'redirectUrl',
  'language',
] as const;
export type TextName = (typeof TEXTS)[number];

let lastKey = 0;

export function newField(field: Field): DraftField {
  lastKey += 1;
  return { ...field, key: lastKey };
}

export function draftOf({ name, listIds, settings }: Pick<Form, 'name' | 'listIds' | 'settings'>): FormDraft {
  const texts = Object.fromEntries(TEXTS.map((text) => [text, settings[text] ?? ''])) as Record<TextName, string>;
  return {
    name,
    listIds,
    texts,
    chooseLists: settings.chooseLists ?? false,
    fields: (settings.fields ?? []).map(newField),
  };
}

/** As the API takes it when a form is made or looked at. */
export function settingsOf({ texts, chooseLists, fields }: FormDraft): FormSettings {
  const written = TEXTS.flatMap((text) => (texts[text].trim() === '' ? [] : [[text, texts[text]]]));
  return { ...Object.fromEntries(written), chooseLists, fields: fields.map(withoutKey) } as FormSettings;
}

/** As the API takes it when a form is changed: null goes back to the default. */
export function changeOf(draft: FormDraft): Record<string, unknown> {
  const nothing = Object.fromEntries(TEXTS.map((text) => [text, null]));
  return { ...nothing, ...settingsOf(draft) };
}

/** Fields that cannot be sent yet are left out of the preview. */
export function isWhole({ name, label }: Field): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]{0,49}$/.test(name) && label.trim() !== '';
}

function withoutKey({ name, label, required }: DraftField): Field {
  return { name, label, ...(required === undefined ? {} : { required }) };
}

export function moved<T>(items: readonly T[], from: number, to: number): T[] {
  const changed = [...items];
  const [item] = changed.splice(from, 1);
  if (item !== undefined) changed.splice(to, 0, item);
  return changed;
}
