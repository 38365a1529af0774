import type { Fault } from '../../core/form-answers.ts';
import { FORM_WORDS } from '../../core/form-embed.ts';
import type { ShownForm } from '../../core/form-submit.ts';
import { escapeHtml, page } from './page.ts';

export interface FormState {
  /** When the page was opened, signed. */
  readonly begun: string;
  /** What was filled in before. */
  readonly given: URLSearchParams;
  readonly faults: readonly Fault[];
  /** Why it is shown once more. */
  readonly again: boolean;
}

/** The hosted page of a form. */
export function formPage(form: ShownForm, state: FormState): string {
  const { settings } = form;
  const inputs = [
    inputOf(state, { name: 'email', label: settings.emailLabel ?? FORM_WORDS.emailLabel, required: true }, 'email'),
    ...(settings.fields ?? []).map((field) => inputOf(state, { required: false, ...field }, 'text')),
    settings.chooseLists ? choiceOfLists(form, state) : '',
    settings.consentText ? consentBox(settings.consentText, state) : '',
  ];
  return page({
    title: settings.title ?? form.name,
    brand: form.brand,
    language: settings.language ?? 'en',
    body: `${summary(form, state)}${paragraphs(settings.intro ?? '')}<form method="post" action="${escapeHtml(pathOf(form))}" novalidate>
${inputs.filter((input) => input !== '').join('\n')}
<div class="trap" aria-hidden="true"><label>Leave this empty <input name="website" type="text" tabindex="-1" autocomplete="off"></label></div>
<input type="hidden" name="begun" value="${escapeHtml(state.begun)}">
<div class="actions"><button type="submit">${escapeHtml(settings.button ?? FORM_WORDS.button)}</button></div></form>`,
  });
}

export function formDonePage({ settings, brand }: ShownForm): string {
  return page({
    title: settings.doneTitle ?? FORM_WORDS.doneTitle,
    brand,
    language: settings.language ?? 'en',
    body: paragraphs(settings.doneText ?? FORM_WORDS.doneText),
  });
}

/** Of the form's own address: a page behind a proxy may be known by another one. */
function pathOf({ url }: ShownForm): string {
  return new URL(url).pathname;
}

function summary({ settings }: ShownForm, { faults, again }: FormState): string {
  if (again)
    return `<div class="notice" role="status">One more step: check what you filled in and choose “${escapeHtml(settings.button ?? FORM_WORDS.button)}”.</div>`;
  if (faults.length === 0) return '';
  const items = faults
    .map(({ field, message }) => `<li><a href="#in-${field}">${escapeHtml(message)}</a></li>`)
    .join('');
  return `<div class="notice bad" role="alert"><h2>Please correct this</h2><ul>${items}</ul></div>`;
}

interface Input {
  readonly name: string;
  readonly label: string;
  readonly required: boolean;
}

const AUTOCOMPLETE: Readonly<Record<string, string>> = {
  email: 'email',
  firstName: 'given-name',
  lastName: 'family-name',
  name: 'name',
};

function inputOf({ given, faults }: FormState, { name, label, required }: Input, type: 'email' | 'text'): string {
  const fault = faults.find(({ field }) => field === name);
  const value = escapeHtml((given.get(name) ?? '').slice(0, 300));
  const wrong = fault ? ` aria-invalid="true" aria-describedby="wrong-${name}"` : '';
  const complete = AUTOCOMPLETE[name] ? ` autocomplete="${AUTOCOMPLETE[name]}"` : '';
  return `<div class="field"><label for="in-${name}">${escapeHtml(label)}${required ? '' : ' <span class="muted">(optional)</span>'}</label>
<input type="${type}" id="in-${name}" name="${name}" value="${value}" maxlength="300"${required ? ' required' : ''}${complete}${wrong}>${said(fault)}</div>`;
}

function choiceOfLists({ settings, lists }: ShownForm, { given, faults, again }: FormState): string {
  const chosen = given.getAll('list');
  const isFirstShow = chosen.length === 0 && faults.length === 0 && !again;
  const boxes = lists.map(({ id, name, description }, at) => {
    const input = at === 0 ? 'in-list' : `in-list-${at}`;
    const hint = description ? `<span class="hint" id="list-about-${at}">${escapeHtml(description)}</span>` : '';
    const described = description ? ` aria-describedby="list-about-${at}"` : '';
    const checked = chosen.includes(id) || (isFirstShow && lists.length === 1) ? ' checked' : '';
    return `<div class="choice"><input type="checkbox" id="${input}" name="list" value="${id}"${checked}${described}><label for="${input}">${escapeHtml(name)}</label>${hint}</div>`;
  });
  const fault = faults.find(({ field }) => field === 'list');
  return `<fieldset><legend>${escapeHtml(settings.listsLabel ?? FORM_WORDS.listsLabel)}</legend>${boxes.join('\n')}${said(fault)}</fieldset>`;
}

function consentBox(text: string, { given, faults }: FormState): string {
  const fault = faults.find(({ field }) => field === 'consent');
  const wrong = fault ? ' aria-invalid="true" aria-describedby="wrong-consent"' : '';
  const checked = given.get('consent') === 'yes' ? ' checked' : '';
  return `<div class="field"><div class="choice"><input type="checkbox" id="in-consent" name="consent" value="yes" required${checked}${wrong}><label for="in-consent">${escapeHtml(text)}</label></div>${said(fault)}</div>`;
}

function said(fault: Fault | undefined): string {
  return fault ? `<p class="wrong" id="wrong-${fault.field}">${escapeHtml(fault.message)}</p>` : '';
}

function paragraphs(text: string): string {
  return text
    .split(/\r?\n\s*\r?\n/)
    .filter((part) => part.trim() !== '')
    .map((part) => `<p>${escapeHtml(part.trim()).replace(/\r?\n/g, '<br>')}</p>\n`)
    .join('');
}
