import { autocompletion, type CompletionContext } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { html } from '@codemirror/lang-html';
import { bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { COLOURS, SURROUNDINGS } from './code-colours.ts';
import styles from './editor.module.css';

interface CodeEditorProps {
  readonly label: string;
  readonly value: string;
  /** Merge fields that are offered behind `{{`. */
  readonly fields: readonly string[];
  readonly onChange: (value: string) => void;
}

/** Source with line numbers, colours, and merge fields offered behind `{{`. Tab leaves it, as any field. */
export function CodeEditor({ label, value, fields, onChange }: CodeEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef({ onChange, fields });
  useEffect(() => {
    latest.current = { onChange, fields };
  });
  const first = useRef({ label, value });
  useEffect(() => {
    if (!place.current) return;
    const state = EditorState.create({
      doc: first.current.value,
      extensions: [
        lineNumbers(),
        history(),
        highlightActiveLine(),
        bracketMatching(),
        html(),
        SURROUNDINGS,
        syntaxHighlighting(COLOURS),
        autocompletion({ override: [(context) => fieldsBehind(context, latest.current.fields)] }),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': first.current.label, tabindex: '0' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) latest.current.onChange(update.state.doc.toString());
        }),
        keymap.of([...defaultKeymap, ...historyKeymap]),
      ],
    });
    const made = new EditorView({ state, parent: place.current });
    view.current = made;
    return () => made.destroy();
  }, []);
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);
  return <div ref={place} className={styles.code} />;
}

function fieldsBehind(context: CompletionContext, fields: readonly string[]) {
  const typed = context.matchBefore(/\{\{\s*\w*/);
  if (!typed) return null;
  return { from: typed.from, options: fields.map((name) => ({ label: `{{ ${name} }}`, type: 'variable' })) };
}
