import { describe, expect, it } from 'vitest';
import type { EmailBlock, EmailDesign } from '../contract/email-design.ts';
import { designToMjml } from './design.ts';
import { prepareHtml } from './prepare.ts';

const PLAIN: EmailDesign = {
  version: 1,
  preheader: '',
  background: '#f4f4f4',
  surface: '#ffffff',
  text: '#111111',
  link: '#0055aa',
  font: 'sans',
  blocks: [],
};

const htmlOf = async (...blocks: EmailBlock[]) =>
  (await prepareHtml({ mjml: designToMjml({ ...PLAIN, preheader: 'Hi {{ name }} & you', blocks }) })).html;

describe('a design of blocks', () => {
  it('becomes HTML with every block in it, in order', async () => {
    const html = await htmlOf(
      { id: 'a', type: 'heading', text: 'News for {{ firstName | default: "you" }}', level: 1, align: 'left' },
      { id: 'b', type: 'text', markdown: 'Some **bold** [words](https://a.test/?x=1&y={{ id }}).', align: 'left' },
      {
        id: 'c',
        type: 'button',
        label: 'Read',
        url: 'https://a.test',
        align: 'center',
        background: '#111111',
        color: '#ffffff',
      },
      {
        id: 'd',
        type: 'columns',
        columns: [[{ id: 'e', type: 'spacer', height: 20 }], [{ id: 'f', type: 'divider', color: '#cccccc' }]],
      },
      { id: 'g', type: 'image', src: 'https://a.test/x.png', alt: 'A "cat"', align: 'center' },
      { id: 'h', type: 'footer', markdown: '[Unsubscribe]({{unsubscribeUrl}})', align: 'center' },
    );
    expect(html).toContain('News for {{ firstName | default: "you" }}');
    expect(html).toContain('<strong>bold</strong>');
    expect(html).toContain('href="https://a.test/?x=1&amp;y={{ id }}"');
    expect(html).toContain('href="{{unsubscribeUrl}}"');
    expect(html).toContain('Hi {{ name }} &amp; you');
    expect(html).toMatch(/alt="A (&quot;|")?cat/);
    const places = ['News for', '<strong>', 'Read', 'x.png', 'Unsubscribe'].map((part) => html.indexOf(part));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it('shows markup that somebody typed, and obeys only that of HTML blocks', async () => {
    const html = await htmlOf(
      { id: 'a', type: 'text', markdown: '<script>alert(1)</script> 1 < 2', align: 'left' },
      { id: 'b', type: 'html', html: '<em>mine</em>' },
    );
    expect(html).not.toContain('<script>alert');
    expect(html).toMatch(/&lt;script(>|&gt;)alert\(1\)/);
    expect(html).toContain('<em>mine</em>');
  });

  it('is a message even without any block', async () => {
    expect(await htmlOf()).toContain('<body');
  });
});
