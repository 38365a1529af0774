import { type DragEvent, useRef, useState } from 'react';
import { Button } from './button.tsx';
import styles from './file-drop.module.css';
import { Icon } from './icon.tsx';
import { strings } from './strings.ts';

interface FileDropProps {
  /** What may be dropped: `CSV, XLSX, JSONL or JSON, to 5 GB`. */
  readonly hint: string;
  /** As of `<input accept>`: `.csv,.xlsx`. */
  readonly accept: string;
  readonly onFile: (file: File) => void;
}

/** Takes one file: dropped, or chosen by the button. */
export function FileDrop({ hint, accept, onFile }: FileDropProps) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file) onFile(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same for who does not drag
    <div
      className={styles.drop}
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Icon name="import" size={24} color="var(--muted)" />
      <p>
        {strings.dropFile} <Button onClick={() => input.current?.click()}>{strings.chooseFile}</Button>
      </p>
      <p className="muted">{hint}</p>
      <input
        ref={input}
        type="file"
        accept={accept}
        className="unseen"
        tabIndex={-1}
        aria-label={strings.chooseFile}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file) onFile(file);
          event.currentTarget.value = '';
        }}
      />
    </div>
  );
}
