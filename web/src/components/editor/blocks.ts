import type { EmailBlock, EmailDesign, SimpleEmailBlock } from '../../../../src/contract/email-design.ts';
import type { IconName } from '../icon.tsx';
import { firstWords } from './strings.ts';

export type BlockType = EmailBlock['type'];

export const BLOCK_ICONS: Readonly<Record<BlockType, IconName>> = {
  heading: 'list',
  text: 'pencil',
  button: 'square',
  image: 'eye',
  divider: 'minus',
  spacer: 'up',
  columns: 'template',
  html: 'code',
  footer: 'down',
};

export const SIMPLE_TYPES = ['heading', 'text', 'button', 'image', 'divider', 'spacer', 'html', 'footer'] as const;
export const BLOCK_TYPES: readonly BlockType[] = [...SIMPLE_TYPES, 'columns'];

function newId(): string {
  return crypto.randomUUID().replaceAll('-', '').slice(0, 12);
}

export function newSimpleBlock(type: SimpleEmailBlock['type']): SimpleEmailBlock {
  const id = newId();
  const first = firstWords();
  switch (type) {
    case 'heading':
      return { id, type, text: first.heading, level: 2, align: 'left' };
    case 'text':
      return { id, type, markdown: first.text, align: 'left' };
    case 'button':
      return { id, type, label: first.button, url: 'https://', align: 'left', background: '#14171f', color: '#ffffff' };
    case 'image':
      return { id, type, src: 'https://', alt: '', align: 'center' };
    case 'divider':
      return { id, type, color: '#d6d2c7' };
    case 'spacer':
      return { id, type, height: 24 };
    case 'html':
      return { id, type, html: '<p></p>' };
    case 'footer':
      return { id, type, markdown: first.footer, align: 'center' };
  }
}

export function newBlock(type: BlockType): EmailBlock {
  return type === 'columns'
    ? { id: newId(), type, columns: [[newSimpleBlock('text')], [newSimpleBlock('text')]] }
    : newSimpleBlock(type);
}

/** A message to begin with: a greeting, something to say, and the way out. */
export function freshDesign(): EmailDesign {
  return {
    version: 1,
    preheader: '',
    background: '#f4f2ec',
    surface: '#ffffff',
    text: '#14171f',
    link: '#2f6fde',
    font: 'sans',
    blocks: [
      { ...newSimpleBlock('heading'), text: firstWords().greeting } as EmailBlock,
      newSimpleBlock('text'),
      newSimpleBlock('footer'),
    ],
  };
}

/** A copy of a block, told apart from the first. */
export function copyOf(block: EmailBlock): EmailBlock {
  return block.type === 'columns'
    ? {
        ...block,
        id: newId(),
        columns: block.columns.map((column) => column.map((each) => ({ ...each, id: newId() }))),
      }
    : { ...block, id: newId() };
}

/** What a closed block is called: the first words of what it says. */
export function summaryOf(block: EmailBlock): string {
  switch (block.type) {
    case 'heading':
      return block.text;
    case 'text':
    case 'footer':
      return block.markdown.split('\n')[0] ?? '';
    case 'button':
      return block.label;
    case 'image':
      return block.alt === '' ? block.src : block.alt;
    case 'html':
      return block.html.slice(0, 80);
    case 'spacer':
      return `${block.height} px`;
    case 'divider':
    case 'columns':
      return '';
  }
}

export function moved<T>(items: readonly T[], from: number, to: number): T[] {
  const changed = [...items];
  const [item] = changed.splice(from, 1);
  if (item !== undefined) changed.splice(to, 0, item);
  return changed;
}
