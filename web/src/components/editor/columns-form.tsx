import { NativeSelect } from '@mantine/core';
import type { EmailBlock, SimpleEmailBlock } from '../../../../src/contract/email-design.ts';
import { ActionMenu } from '../action-menu.tsx';
import { Button } from '../button.tsx';
import { BlockForm } from './block-form.tsx';
import { moved, newSimpleBlock, SIMPLE_TYPES } from './blocks.ts';
import styles from './editor.module.css';
import { strings } from './strings.ts';

type Columns = Extract<EmailBlock, { type: 'columns' }>;

const MOST_COLUMNS = 3;

/** Two or three columns, each with blocks of its own. */
export function ColumnsForm({ block, onChange }: { block: Columns; onChange: (block: Columns) => void }) {
  const change = (columns: SimpleEmailBlock[][]) => onChange({ ...block, columns });
  return (
    <div className={styles.fields}>
      {block.columns.map((column, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
        <fieldset key={at} className={styles.column}>
          <legend>{strings.column({ number: at + 1 })}</legend>
          <Column
            blocks={column}
            onChange={(changed) => change(block.columns.map((each, i) => (i === at ? changed : each)))}
          />
          {block.columns.length > 2 ? (
            <Button kind="quiet" onClick={() => change(block.columns.filter((_, i) => i !== at))}>
              {strings.removeColumn({ number: at + 1 })}
            </Button>
          ) : null}
        </fieldset>
      ))}
      {block.columns.length < MOST_COLUMNS ? (
        <Button onClick={() => change([...block.columns, [newSimpleBlock('text')]])}>{strings.addColumn}</Button>
      ) : null}
    </div>
  );
}

interface ColumnProps {
  readonly blocks: readonly SimpleEmailBlock[];
  readonly onChange: (blocks: SimpleEmailBlock[]) => void;
}

function Column({ blocks, onChange }: ColumnProps) {
  return (
    <>
      {blocks.map((block, at) => (
        <div key={block.id} className={styles.inner}>
          <div className={styles.bar}>
            <b className={styles.kind}>{strings.kinds[block.type]}</b>
            <ActionMenu
              actions={[
                {
                  label: strings.moveUp,
                  icon: 'up',
                  disabled: at === 0,
                  onClick: () => onChange(moved(blocks, at, at - 1)),
                },
                {
                  label: strings.moveDown,
                  icon: 'down',
                  disabled: at === blocks.length - 1,
                  onClick: () => onChange(moved(blocks, at, at + 1)),
                },
                {
                  label: strings.remove,
                  icon: 'trash',
                  danger: true,
                  onClick: () => onChange(blocks.filter((each) => each !== block)),
                },
              ]}
            />
          </div>
          <BlockForm
            block={block}
            onChange={(changed) => onChange(blocks.map((each) => (each === block ? changed : each)))}
          />
        </div>
      ))}
      <NativeSelect
        aria-label={strings.add}
        value=""
        data={[
          { value: '', label: strings.add },
          ...SIMPLE_TYPES.map((type) => ({ value: type, label: strings.kinds[type] })),
        ]}
        onChange={(event) => {
          const type = SIMPLE_TYPES.find((each) => each === event.currentTarget.value);
          if (type) onChange([...blocks, newSimpleBlock(type)]);
        }}
      />
    </>
  );
}
