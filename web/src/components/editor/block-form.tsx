import { ColorInput, NumberInput, SegmentedControl, Textarea, TextInput } from '@mantine/core';
import type { SimpleEmailBlock } from '../../../../src/contract/email-design.ts';
import styles from './editor.module.css';
import { strings } from './strings.ts';

const words = strings.fields;

interface BlockFormProps<Block extends SimpleEmailBlock = SimpleEmailBlock> {
  readonly block: Block;
  readonly onChange: (block: SimpleEmailBlock) => void;
}

/** The fields of one block. */
export function BlockForm({ block, onChange }: BlockFormProps) {
  switch (block.type) {
    case 'heading':
      return (
        <div className={styles.fields}>
          <TextInput
            label={words.text}
            value={block.text}
            onChange={(event) => onChange({ ...block, text: event.currentTarget.value })}
          />
          <Choice
            label={words.level}
            value={String(block.level)}
            options={{ 1: words.levels.large, 2: words.levels.middle, 3: words.levels.small }}
            onChange={(level) => onChange({ ...block, level: Number(level) as 1 | 2 | 3 })}
          />
          <Align block={block} onChange={onChange} />
        </div>
      );
    case 'text':
    case 'footer':
      return (
        <div className={styles.fields}>
          <Textarea
            label={words.markdown}
            description={words.markdownHint({ field: '{{ firstName }}' })}
            autosize
            minRows={3}
            maxRows={16}
            value={block.markdown}
            onChange={(event) => onChange({ ...block, markdown: event.currentTarget.value })}
          />
          <Align block={block} onChange={onChange} />
        </div>
      );
    case 'button':
      return (
        <div className={styles.fields}>
          <TextInput
            label={words.label}
            value={block.label}
            onChange={(event) => onChange({ ...block, label: event.currentTarget.value })}
          />
          <TextInput
            label={words.url}
            value={block.url}
            onChange={(event) => onChange({ ...block, url: event.currentTarget.value })}
          />
          <Color
            label={words.background}
            value={block.background}
            onChange={(background) => onChange({ ...block, background })}
          />
          <Color label={words.color} value={block.color} onChange={(color) => onChange({ ...block, color })} />
          <Align block={block} onChange={onChange} />
        </div>
      );
    case 'image':
      return <ImageForm block={block} onChange={onChange} />;
    case 'divider':
      return <Color label={words.color} value={block.color} onChange={(color) => onChange({ ...block, color })} />;
    case 'spacer':
      return (
        <NumberInput
          label={words.height}
          min={4}
          max={200}
          clampBehavior="strict"
          value={block.height}
          onChange={(height) => onChange({ ...block, height: Math.max(4, Number(height) || 4) })}
        />
      );
    case 'html':
      return (
        <Textarea
          label={words.html}
          autosize
          minRows={4}
          maxRows={20}
          classNames={{ input: 'mono' }}
          value={block.html}
          onChange={(event) => onChange({ ...block, html: event.currentTarget.value })}
        />
      );
  }
}

function ImageForm({ block, onChange }: BlockFormProps<Extract<SimpleEmailBlock, { type: 'image' }>>) {
  return (
    <div className={styles.fields}>
      <TextInput
        label={words.src}
        value={block.src}
        onChange={(event) => onChange({ ...block, src: event.currentTarget.value })}
      />
      <TextInput
        label={words.alt}
        description={words.altHint}
        value={block.alt}
        onChange={(event) => onChange({ ...block, alt: event.currentTarget.value })}
      />
      <TextInput
        label={words.url}
        value={block.url ?? ''}
        onChange={(event) => onChange({ ...block, url: event.currentTarget.value })}
      />
      <NumberInput
        label={words.width}
        min={10}
        max={600}
        clampBehavior="strict"
        value={block.width ?? ''}
        onChange={(value) => {
          const { width: _, ...rest } = block;
          const width = Number(value);
          onChange(width >= 10 ? { ...rest, width } : rest);
        }}
      />
      <Align block={block} onChange={onChange} />
    </div>
  );
}

type Aligned = Extract<SimpleEmailBlock, { align: unknown }>;

function Align({ block, onChange }: BlockFormProps<Aligned>) {
  return (
    <Choice
      label={words.align}
      value={block.align}
      options={{ left: words.aligns.left, center: words.aligns.center, right: words.aligns.right }}
      onChange={(align) => onChange({ ...block, align: align as Aligned['align'] })}
    />
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: Readonly<Record<string, string>>;
  readonly onChange: (value: string) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <div className={styles.choice}>
      <span className={styles.label}>{label}</span>
      <SegmentedControl
        size="xs"
        aria-label={label}
        value={value}
        data={Object.entries(options).map(([each, name]) => ({ value: each, label: name }))}
        onChange={onChange}
      />
    </div>
  );
}

export function Color({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <ColorInput
      label={label}
      value={value}
      format="hex"
      withEyeDropper={false}
      onChange={(text) => (/^#[0-9a-f]{6}$/i.test(text) ? onChange(text) : undefined)}
    />
  );
}
