import {
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import {
  SortableContext,
  sortableKeyboardCoordinates,
  useSortable,
  verticalListSortingStrategy,
} from '@dnd-kit/sortable';
import { CSS } from '@dnd-kit/utilities';
import { Menu } from '@mantine/core';
import { useState } from 'react';
import type { EmailBlock, EmailDesign } from '../../../../src/contract/email-design.ts';
import { ActionMenu } from '../action-menu.tsx';
import { Button } from '../button.tsx';
import { Icon } from '../icon.tsx';
import { toasts } from '../toast-store.ts';
import { BlockForm } from './block-form.tsx';
import { BLOCK_ICONS, BLOCK_TYPES, type BlockType, copyOf, moved, newBlock, summaryOf } from './blocks.ts';
import { ColumnsForm } from './columns-form.tsx';
import styles from './editor.module.css';
import { strings } from './strings.ts';

/** What a pointer moves before it drags: less is a click. */
const DRAG_PX = 4;

interface BlockEditorProps {
  readonly design: EmailDesign;
  readonly onChange: (design: EmailDesign) => void;
}

/** The blocks of a message from top to bottom; one is open at a time. */
export function BlockEditor({ design, onChange }: BlockEditorProps) {
  const { blocks } = design;
  const [openId, setOpenId] = useState<string | null>(null);
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: DRAG_PX } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const change = (changed: EmailBlock[]) => onChange({ ...design, blocks: changed });
  const place = (id: unknown) => blocks.findIndex((block) => block.id === id);
  const drop = ({ active, over }: DragEndEvent) => {
    if (over && active.id !== over.id) change(moved(blocks, place(active.id), place(over.id)));
  };
  const add = (type: BlockType, at: number) => {
    const block = newBlock(type);
    change([...blocks.slice(0, at), block, ...blocks.slice(at)]);
    setOpenId(block.id);
  };
  const remove = (block: EmailBlock) => {
    const before = design;
    change(blocks.filter((each) => each !== block));
    toasts.undoable({ text: strings.removed, act: () => {}, onUndo: () => onChange(before) });
  };
  return (
    <div className={styles.blocks}>
      <DndContext sensors={sensors} collisionDetection={closestCenter} onDragEnd={drop}>
        <SortableContext items={blocks.map(({ id }) => id)} strategy={verticalListSortingStrategy}>
          <ol className={styles.list} aria-label={strings.blocks}>
            {blocks.map((block, at) => (
              <Block
                key={block.id}
                block={block}
                isOpen={block.id === openId}
                onToggle={() => setOpenId(block.id === openId ? null : block.id)}
                onChange={(changed) => change(blocks.map((each) => (each === block ? changed : each)))}
                actions={[
                  {
                    label: strings.moveUp,
                    icon: 'up',
                    disabled: at === 0,
                    onClick: () => change(moved(blocks, at, at - 1)),
                  },
                  {
                    label: strings.moveDown,
                    icon: 'down',
                    disabled: at === blocks.length - 1,
                    onClick: () => change(moved(blocks, at, at + 1)),
                  },
                  {
                    label: strings.duplicate,
                    icon: 'copy',
                    onClick: () => change([...blocks.slice(0, at + 1), copyOf(block), ...blocks.slice(at + 1)]),
                  },
                  { label: strings.remove, icon: 'trash', danger: true, onClick: () => remove(block) },
                ]}
              />
            ))}
          </ol>
        </SortableContext>
      </DndContext>
      <AddBlock onAdd={(type) => add(type, beforeFooter(blocks))} />
    </div>
  );
}

/** New blocks come in front of the footer. */
function beforeFooter(blocks: readonly EmailBlock[]): number {
  return blocks.at(-1)?.type === 'footer' ? blocks.length - 1 : blocks.length;
}

interface BlockProps {
  readonly block: EmailBlock;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  readonly onChange: (block: EmailBlock) => void;
  readonly actions: Parameters<typeof ActionMenu>[0]['actions'];
}

function Block({ block, isOpen, onToggle, onChange, actions }: BlockProps) {
  const { attributes, listeners, setNodeRef, transform, transition } = useSortable({ id: block.id });
  const kind = strings.kinds[block.type];
  const style = { transform: CSS.Translate.toString(transform), transition };
  return (
    <li ref={setNodeRef} style={style} className={styles.block} data-open={isOpen || undefined}>
      <div className={styles.bar}>
        <button
          type="button"
          className={styles.grip}
          {...attributes}
          {...listeners}
          aria-label={strings.drag({ what: kind })}
        >
          <Icon name="grip" />
        </button>
        <button type="button" className={styles.head} aria-expanded={isOpen} onClick={onToggle}>
          <Icon name={BLOCK_ICONS[block.type]} color="var(--muted)" />
          <span className={styles.kind}>{kind}</span>
          <span className={styles.summary}>{summaryOf(block)}</span>
        </button>
        <ActionMenu actions={actions} />
      </div>
      {isOpen ? (
        <div className={styles.body}>
          {block.type === 'columns' ? (
            <ColumnsForm block={block} onChange={onChange} />
          ) : (
            <BlockForm block={block} onChange={onChange} />
          )}
        </div>
      ) : null}
    </li>
  );
}

function AddBlock({ onAdd }: { onAdd: (type: BlockType) => void }) {
  return (
    <Menu
      shadow="none"
      position="bottom-start"
      withInitialFocusPlaceholder={false}
      classNames={{ dropdown: 'floating' }}
    >
      <Menu.Target>
        <Button>
          <Icon name="plus" />
          {strings.add}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {BLOCK_TYPES.map((type) => (
          <Menu.Item key={type} leftSection={<Icon name={BLOCK_ICONS[type]} />} onClick={() => onAdd(type)}>
            {strings.kinds[type]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
