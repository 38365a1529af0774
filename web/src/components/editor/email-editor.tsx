import { NativeSelect, SegmentedControl, Textarea, TextInput } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { Skeleton } from '../skeleton.tsx';
import { BlockEditor } from './block-editor.tsx';
import { Color } from './block-form.tsx';
import { type EditedContent, MODES, type Mode } from './content.ts';
import styles from './editor.module.css';
import { strings } from './strings.ts';

const CodeEditor = lazy(async () => ({ default: (await import('./code-editor.tsx')).CodeEditor }));

const FONTS = ['sans', 'serif', 'mono'] as const;

interface EmailEditorProps {
  readonly content: EditedContent;
  /** Merge fields that can be used. */
  readonly fields: readonly string[];
  readonly onChange: (content: EditedContent) => void;
}

/** Writes a message: by blocks, as MJML or as HTML. */
export function EmailEditor({ content, fields, onChange }: EmailEditorProps) {
  const { mode, design } = content;
  const change = (part: Partial<EditedContent>) => onChange({ ...content, ...part });
  return (
    <div className={styles.editor}>
      <TextInput
        label={strings.subject}
        required
        maxLength={2000}
        value={content.subject}
        onChange={(event) => change({ subject: event.currentTarget.value })}
      />
      <SegmentedControl
        aria-label={strings.modesLabel}
        value={mode}
        data={MODES.map((each) => ({ value: each, label: strings.modes[each] }))}
        onChange={(value) => change({ mode: value as Mode })}
      />
      {mode === 'design' ? (
        <>
          <TextInput
            label={strings.preheader}
            description={strings.preheaderHint}
            maxLength={500}
            value={design.preheader}
            onChange={(event) => change({ design: { ...design, preheader: event.currentTarget.value } })}
          />
          <BlockEditor design={design} onChange={(changed) => change({ design: changed })} />
          <Look content={content} onChange={change} />
        </>
      ) : (
        <Suspense fallback={<Skeleton height={320} />}>
          <CodeEditor
            key={mode}
            label={strings.source}
            value={content[mode]}
            fields={fields}
            onChange={(source) => change({ [mode]: source })}
          />
        </Suspense>
      )}
      <details className={styles.details} open={content.text !== ''}>
        <summary>{strings.textPart}</summary>
        <Textarea
          aria-label={strings.textPart}
          description={strings.textHint}
          autosize
          minRows={3}
          maxRows={16}
          value={content.text}
          onChange={(event) => change({ text: event.currentTarget.value })}
        />
      </details>
    </div>
  );
}

function Look({
  content: { design },
  onChange,
}: {
  content: EditedContent;
  onChange: (part: Partial<EditedContent>) => void;
}) {
  const change = (part: Partial<EditedContent['design']>) => onChange({ design: { ...design, ...part } });
  return (
    <details className={styles.details}>
      <summary>{strings.look}</summary>
      <div className={styles.look}>
        <Color label={strings.background} value={design.background} onChange={(background) => change({ background })} />
        <Color label={strings.surface} value={design.surface} onChange={(surface) => change({ surface })} />
        <Color label={strings.textColor} value={design.text} onChange={(text) => change({ text })} />
        <Color label={strings.link} value={design.link} onChange={(link) => change({ link })} />
        <NativeSelect
          label={strings.font}
          value={design.font}
          data={FONTS.map((font) => ({ value: font, label: strings.fonts[font] }))}
          onChange={(event) => change({ font: FONTS.find((font) => font === event.currentTarget.value) ?? 'sans' })}
        />
      </div>
    </details>
  );
}
