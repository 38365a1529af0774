import { Modal } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type KeyboardEvent, useId, useState } from 'react';
import { Icon } from '../components/icon.tsx';
import styles from './palette.module.css';
import { strings } from './strings.ts';
import { type PaletteItem, usePalette } from './use-palette.ts';

const PATIENCE_MS = 120;

/** One field for everything: go somewhere, find a campaign or a contact, do something. */
export function Palette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={<span className="unseen">{strings.palette.title}</span>}
      withCloseButton={false}
      centered={false}
      yOffset="12dvh"
      size={560}
      padding={0}
      classNames={{ content: 'floating', header: styles.header ?? '' }}
    >
      <Search onClose={onClose} />
    </Modal>
  );
}

function Search({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('');
  const [settled] = useDebouncedValue(text, PATIENCE_MS);
  const [chosen, setChosen] = useState(0);
  const list = useId();
  const groups = usePalette(settled, true);
  const items = groups.flatMap((group) => group.items);
  const current = items[Math.min(chosen, items.length - 1)];
  const take = (item: PaletteItem) => {
    onClose();
    item.act();
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setChosen((Math.min(chosen, items.length - 1) + step + items.length) % Math.max(items.length, 1));
    }
    if (event.key === 'Enter' && current) take(current);
  };
  return (
    <>
      <label className={styles.field}>
        <Icon name="search" color="var(--muted)" />
        <span className="unseen">{strings.palette.placeholder}</span>
        <input
          className={styles.input}
          role="combobox"
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={current ? `${list}-${current.id}` : undefined}
          placeholder={strings.palette.placeholder}
          value={text}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          onChange={(event) => {
            setText(event.target.value);
            setChosen(0);
          }}
          onKeyDown={onKey}
        />
      </label>
      <div id={list} role="listbox" aria-label={strings.palette.title} className={styles.list}>
        {groups.map(({ label, items: members }) => (
          // biome-ignore lint/a11y/useSemanticElements: a group of options has no element of its own
          <div key={label} role="group" aria-label={label}>
            <p className={styles.group} aria-hidden="true">
              {label}
            </p>
            {members.map((item) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
              <div
                key={item.id}
                id={`${list}-${item.id}`}
                role="option"
                tabIndex={-1}
                aria-selected={item === current}
                className={styles.item}
                onClick={() => take(item)}
                onMouseMove={() => setChosen(items.indexOf(item))}
              >
                <Icon name={item.icon} color="var(--muted)" />
                <span className={styles.label}>{item.label}</span>
                {item.hint ? <kbd className={styles.hint}>{item.hint}</kbd> : null}
              </div>
            ))}
          </div>
        ))}
      </div>
      {items.length === 0 ? <p className={styles.none}>{strings.palette.none}</p> : null}
    </>
  );
}
