import type { PreviewBody } from '../../../../src/contract/content.ts';
import type { EmailDesign } from '../../../../src/contract/email-design.ts';

export const MODES = ['design', 'mjml', 'html'] as const;
/** How a message is written: by blocks, as MJML, or as HTML. */
export type Mode = (typeof MODES)[number];

/** A message while it is written. What another mode held is kept until the page is left. */
export interface EditedContent {
  readonly mode: Mode;
  readonly subject: string;
  readonly design: EmailDesign;
  readonly mjml: string;
  readonly html: string;
  /** Empty: made from the HTML. */
  readonly text: string;
}

/** As the server keeps a message. */
export interface StoredContent {
  readonly subject?: string | null;
  readonly design: EmailDesign | null;
  readonly mjml: string | null;
  readonly htmlContent: string | null;
  readonly textContent: string | null;
}

const FIRST_MJML = `<mjml>
  <mj-body>
    <mj-section>
      <mj-column>
        <mj-text>Hello {{ firstName | default: "there" }},</mj-text>
        <mj-text font-size="12px"><a href="{{unsubscribeUrl}}">Unsubscribe</a></mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
`;

const FIRST_HTML = `<!doctype html>
<html lang="en">
  <body>
    <p>Hello {{ firstName | default: "there" }},</p>
    <p><a href="{{unsubscribeUrl}}">Unsubscribe</a></p>
  </body>
</html>
`;

/** What the editor opens with; `fresh` is the design of a message that has nothing yet. */
export function openContent(stored: StoredContent | null, fresh: EmailDesign): EditedContent {
  const mode = stored?.design
    ? 'design'
    : stored?.mjml
      ? 'mjml'
      : stored?.htmlContent || stored?.textContent
        ? 'html'
        : 'design';
  return {
    mode,
    subject: stored?.subject ?? '',
    design: stored?.design ?? fresh,
    mjml: stored?.mjml ?? FIRST_MJML,
    html: stored?.htmlContent ?? (stored?.textContent ? '' : FIRST_HTML),
    text: stored?.textContent ?? '',
  };
}

/** For the server: the form it is written in alone. */
export function bodyOf({
  mode,
  design,
  mjml,
  html,
  text,
}: EditedContent): Pick<PreviewBody, 'design' | 'mjml' | 'htmlContent' | 'textContent'> {
  const textContent = text.trim() === '' ? {} : { textContent: text };
  switch (mode) {
    case 'design':
      return { design, ...textContent };
    case 'mjml':
      return { mjml, ...textContent };
    case 'html':
      return html.trim() === '' ? textContent : { htmlContent: html, ...textContent };
  }
}
