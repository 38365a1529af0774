// Every word that people read, through i18next. A feature's words stand in its `strings.ts` in English and in its
// `strings.de.ts` in German; `stringsOf` makes an object of them whose members are looked up when they are read:
//
//   const en = { title: 'Campaigns', found_one: '{{count}} campaign', found_other: '{{count}} campaigns', hello: 'Hello {{name}}' };
//   export const strings = stringsOf('campaigns', en);
//   strings.title · strings.found({ count: 3 }) · strings.hello({ name: 'Ada' })
//
// So read them while rendering, never at the top of a module: the language may change. English comes with the page, other
// languages when they are chosen.
import i18next from 'i18next';
import { numberFormat } from './formats.ts';

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

interface Tree {
  readonly [key: string]: string | Tree;
}

type Placeholders<Text extends string> = Text extends `${string}{{${infer Name}}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

type Word<Text extends string> = [Placeholders<Text>] extends [never]
  ? string
  : (values: Readonly<Record<Placeholders<Text>, string | number>>) => string;

/** `people_one` and `people_other` are one member, `people`, that is given a count. */
export type Strings<T> = {
  readonly [K in keyof T as K extends `${infer Base}_other`
    ? Base
    : K extends `${string}_one`
      ? never
      : K]: K extends `${string}_other`
    ? (
        values: Readonly<Record<(T[K] extends string ? Placeholders<T[K]> : never) | 'count', string | number>>,
      ) => string
    : T[K] extends string
      ? Word<T[K]>
      : Strings<T[K]>;
};

/** The same words in another language: every key, no other. */
export type Translation<T> = { readonly [K in keyof T]: T[K] extends string ? string : Translation<T[K]> };

const CHOSEN = 'postrider-language';

// Words are added while modules are read, so this is ready before any of them.
const i18n = i18next.createInstance({
  lng: 'en',
  fallbackLng: 'en',
  initAsync: false,
  resources: {},
  // React escapes what it shows; this only writes numbers as the language does.
  interpolation: { escape: formatValue, useRawValueToEscape: true },
});
void i18n.init();

/** `1,204` or `1.204`. */
function formatValue(value: unknown): string {
  return typeof value === 'number' ? numberFormat(localeNow()).format(value) : String(value);
}

/** Raised whenever a word may read otherwise than before: looking one up takes long for how often that is done. */
let edition = 0;
i18n.on('languageChanged', () => {
  edition++;
});

export function addTranslation(language: Language, namespace: string, words: Tree): void {
  edition++;
  i18n.addResourceBundle(language, namespace, words, true, true);
}

export function stringsOf<const T extends Tree>(namespace: string, english: T): Strings<T> {
  addTranslation('en', namespace, english);
  return lookUps(namespace, '', english) as Strings<T>;
}

function lookUps(namespace: string, before: string, words: Tree): object {
  const made = {};
  for (const [key, word] of Object.entries(words)) {
    if (key.endsWith('_one')) continue;
    const name = key.replace(/_other$/, '');
    const path = `${before}${name}`;
    Object.defineProperty(made, name, { enumerable: true, ...lookUp(namespace, path, word, name !== key) });
  }
  return made;
}

function lookUp(namespace: string, path: string, word: string | Tree, isCounted: boolean): PropertyDescriptor {
  if (typeof word !== 'string') return { value: lookUps(namespace, `${path}.`, word) };
  const text = (values?: Record<string, unknown>) => i18n.t(path, { ns: namespace, ...values });
  if (isCounted || word.includes('{{')) return { value: text };
  let known = { edition: -1, word: '' };
  const current = () => {
    if (known.edition !== edition) known = { edition, word: text() };
    return known.word;
  };
  return { get: current };
}

export function languageNow(): Language {
  return i18n.language in LANGUAGES ? (i18n.language as Language) : 'en';
}

/** How numbers and times are written: the browser's way where it fits the language (en-GB), else the language's own. */
export function localeNow(): string {
  const language = languageNow();
  return browserLanguages().find((tag) => tag.split('-')[0] === language) ?? language;
}

/** What somebody chose here before, else the first of their browser's languages that there is. */
export function preferredLanguage(): Language {
  const chosen = readChosen();
  const wanted = [chosen ?? '', ...browserLanguages().map((tag) => tag.split('-')[0] ?? '')];
  return (wanted.find((tag) => tag in LANGUAGES) as Language | undefined) ?? 'en';
}

/** `load` fetches the words of languages that do not come with the page. */
export async function setLanguage(language: Language, load: (language: Language) => Promise<void>): Promise<void> {
  await load(language);
  await i18n.changeLanguage(language);
  if (globalThis.document) document.documentElement.lang = language;
}

export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(CHOSEN, language);
  } catch {
    // storage is closed to us: chosen until the page is left
  }
}

export function onLanguageChange(listener: () => void): () => void {
  i18n.on('languageChanged', listener);
  return () => i18n.off('languageChanged', listener);
}

/** None outside a browser. */
function browserLanguages(): readonly string[] {
  return globalThis.navigator?.languages ?? [];
}

function readChosen(): string | null {
  try {
    return localStorage.getItem(CHOSEN);
  } catch {
    return null;
  }
}
