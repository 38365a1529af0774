import type { Language } from '../lib/i18n.ts';

/** Fetches the words of a language that did not come with the page. */
export async function loadTranslation(language: Language): Promise<void> {
  if (language === 'de') (await import('./german.ts')).addGerman();
}
