import { HighlightStyle } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** The editor in the colours of the page around it, light and dark. */
export const SURROUNDINGS = EditorView.theme({
  '&': { backgroundColor: 'var(--surface)', color: 'var(--ink)' },
  '.cm-content': { caretColor: 'var(--ink)' },
  '.cm-gutters': { backgroundColor: 'var(--paper)', color: 'var(--muted)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine': { backgroundColor: 'var(--hover)' },
  '.cm-tooltip': { backgroundColor: 'var(--raised)', color: 'var(--ink)', border: '1px solid var(--line-strong)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--selected)', color: 'var(--ink)' },
});

/** Each colour stands at 4.5 to 1 or more against the line that the cursor is in (WCAG 2.2, 1.4.3). */
export const COLOURS = HighlightStyle.define([
  { tag: [tags.meta, tags.punctuation], color: 'var(--muted)' },
  { tag: [tags.keyword, tags.modifier], color: 'light-dark(#6d1f8c, #c9a2f5)' },
  { tag: [tags.tagName, tags.typeName, tags.className, tags.namespace], color: 'light-dark(#0b5d47, #7fd1b9)' },
  { tag: [tags.propertyName, tags.attributeName, tags.labelName], color: 'light-dark(#1c3f9e, #9dbcff)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'light-dark(#9a1c1c, #f2a7a0)' },
  { tag: [tags.literal, tags.atom, tags.url], color: 'light-dark(#14532d, #8fd19e)' },
  { tag: tags.comment, color: 'light-dark(#6f4210, #c9a36b)', fontStyle: 'italic' },
  { tag: tags.heading, fontWeight: 'bold' },
  { tag: tags.invalid, color: 'var(--danger)', textDecoration: 'underline' },
]);
