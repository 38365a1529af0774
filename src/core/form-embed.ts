import type { FormSettings } from '../contract/forms.ts';
import type { OfferedList } from '../db/forms.ts';

/** A form as it is to be shown. */
export interface FormView {
  readonly url: string;
  readonly name: string;
  readonly settings: FormSettings;
  readonly lists: readonly OfferedList[];
}

/** What people see where the form says nothing of its own. */
export const FORM_WORDS = {
  emailLabel: 'Email address',
  listsLabel: 'What would you like to receive?',
  button: 'Subscribe',
  doneTitle: 'Thank you',
  doneText:
    'If your address has to be confirmed, you get an email in a moment: open the link in it. If nothing comes, look into your spam folder.',
} as const;

/**
 * The form for a page of somebody's own: plain HTML without a style, a script or anything loaded. It is sent to the address of
 * the form's page, across origins, as any form may be; there is no cookie it could act with.
 */
export function embedHtml({ url, settings, lists }: FormView): string {
  const { fields = [], chooseLists = false, consentText } = settings;
  const id = (name: string) => `postrider-${name}`;
  const inputs = fields.map(
    ({ name, label, required = false }) =>
      `  <p><label for="${id(name)}">${html(label)}</label><br><input id="${id(name)}" name="${name}" type="text" maxlength="300"${required ? ' required' : ''}></p>`,
  );
  const boxes = lists.map(
    (list, i) =>
      `    <label><input type="checkbox" name="list" value="${list.id}"${i === 0 ? ' checked' : ''}> ${html(list.name)}</label><br>`,
  );
  return [
    `<form method="post" action="${html(url)}" accept-charset="utf-8">`,
    `  <p><label for="${id('email')}">${html(settings.emailLabel ?? FORM_WORDS.emailLabel)}</label><br><input id="${id('email')}" name="email" type="email" autocomplete="email" maxlength="254" required></p>`,
    ...inputs,
    ...(chooseLists
      ? [
          '  <fieldset>',
          `    <legend>${html(settings.listsLabel ?? FORM_WORDS.listsLabel)}</legend>`,
          ...boxes,
          '  </fieldset>',
        ]
      : []),
    ...(consentText
      ? [`  <p><label><input type="checkbox" name="consent" value="yes" required> ${html(consentText)}</label></p>`]
      : []),
    '  <p style="position:absolute;left:-10000px" aria-hidden="true"><label>Leave this empty <input name="website" type="text" tabindex="-1" autocomplete="off"></label></p>',
    `  <p><button type="submit">${html(settings.button ?? FORM_WORDS.button)}</button></p>`,
    '</form>',
    '',
  ].join('\n');
}

function html(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
