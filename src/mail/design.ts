import { Marked } from 'marked';
import type { EmailBlock, EmailDesign, SimpleEmailBlock } from '../contract/email-design.ts';
import { shieldLiquid } from './liquid-shield.ts';

const FONTS: Readonly<Record<EmailDesign['font'], string>> = {
  sans: 'Helvetica, Arial, sans-serif',
  serif: 'Georgia, Times, serif',
  mono: 'Menlo, Consolas, monospace',
};
/** Pixels of letters and of lines. */
const HEADINGS = { 1: [28, 34], 2: [22, 28], 3: [18, 24] } as const;

const markdown = new Marked({ gfm: true, breaks: true });

/** The MJML of a design. What authors type is text: markup in it is shown, not obeyed, except in blocks of HTML. */
export function designToMjml(design: EmailDesign): string {
  const { preheader, background, surface, text, link, font } = design;
  return `<mjml>
<mj-head>
${preheader === '' ? '' : `<mj-preview>${escaped(preheader)}</mj-preview>\n`}<mj-attributes>
<mj-all font-family="${FONTS[font]}" />
<mj-text color="${text}" font-size="16px" line-height="24px" padding="8px 24px" />
<mj-image padding="8px 24px" />
<mj-button font-size="16px" border-radius="6px" inner-padding="12px 24px" padding="12px 24px" />
<mj-section padding="0" />
</mj-attributes>
<mj-style>a { color: ${link}; } p { margin: 0 0 12px; } ul, ol { margin: 0 0 12px; padding-left: 24px; }</mj-style>
</mj-head>
<mj-body background-color="${background}">
<mj-wrapper background-color="${surface}" padding="16px 0">
${sections(design.blocks).join('\n')}
</mj-wrapper>
</mj-body>
</mjml>`;
}

/** Blocks one below the other share a section; columns have one of their own. */
function sections(blocks: readonly EmailBlock[]): string[] {
  const made: string[] = [];
  let open: string[] = [];
  const close = () => {
    if (open.length > 0) made.push(section(`<mj-column>\n${open.join('\n')}\n</mj-column>`));
    open = [];
  };
  for (const block of blocks) {
    if (block.type !== 'columns') {
      open.push(element(block));
      continue;
    }
    close();
    made.push(
      section(block.columns.map((column) => `<mj-column>\n${column.map(element).join('\n')}\n</mj-column>`).join('\n')),
    );
  }
  close();
  // A body without a section is no MJML.
  return made.length === 0 ? [section('<mj-column></mj-column>')] : made;
}

const section = (inside: string) => `<mj-section>\n${inside}\n</mj-section>`;

function element(block: SimpleEmailBlock): string {
  switch (block.type) {
    case 'heading': {
      const [size, line] = HEADINGS[block.level];
      return `<mj-text align="${block.align}" font-size="${size}px" line-height="${line}px" font-weight="bold"><h${block.level} style="margin:0;font-size:inherit">${escaped(block.text)}</h${block.level}></mj-text>`;
    }
    case 'text':
      return `<mj-text align="${block.align}">${markdownToHtml(block.markdown)}</mj-text>`;
    case 'button':
      return `<mj-button align="${block.align}" background-color="${block.background}" color="${block.color}" href="${escaped(block.url)}">${escaped(block.label)}</mj-button>`;
    case 'image':
      return image(block);
    case 'divider':
      return `<mj-divider border-width="1px" border-color="${block.color}" padding="12px 24px" />`;
    case 'spacer':
      return `<mj-spacer height="${block.height}px" />`;
    case 'html':
      return `<mj-text>${block.html}</mj-text>`;
    case 'footer':
      return `<mj-text align="${block.align}" font-size="13px" line-height="20px" color="#6b7280">${markdownToHtml(block.markdown)}</mj-text>`;
  }
}

function image({ src, alt, url, width, align }: Extract<SimpleEmailBlock, { type: 'image' }>): string {
  const attributes = {
    src,
    alt,
    align,
    ...(url === undefined || url === '' ? {} : { href: url }),
    ...(width === undefined ? {} : { width: `${width}px` }),
  };
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(value)}"`);
  return `<mj-image${written.join('')} />`;
}

/** Liquid goes through as it is: a link to {{unsubscribeUrl}} keeps it, and Markdown sees nothing in {{first_name}}. */
function markdownToHtml(source: string): string {
  const shield = shieldLiquid(source, 'words');
  const html = markdown.parse(escapedMarkup(shield.source), { async: false });
  return shield.restore(html.trim());
}

/** `<` and `&` of Markdown, so that no tag is made of them; quotes and `>` mean something to it. */
function escapedMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** For text and attributes. Liquid stays as it is. */
function escaped(text: string): string {
  const shield = shieldLiquid(text, 'words');
  return shield.restore(escapedMarkup(shield.source).replaceAll('>', '&gt;').replaceAll('"', '&quot;'));
}
