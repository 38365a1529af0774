import { useRef, useState } from 'react';
import { Dialog } from '../../../components/dialog.tsx';
import { FileDrop } from '../../../components/file-drop.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { ProgressLine } from '../../../components/progress-line.tsx';
import { sizeText } from '../../../lib/numbers.ts';
import { useImportSuppressions } from '../api/import-suppressions.ts';
import { strings } from '../strings.ts';

interface ImportDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onStarted: (importId: string) => void;
}

/** A file of entries; closing the dialog stops its upload. */
export function ImportDialog({ opened, onClose, onStarted }: ImportDialogProps) {
  const importing = useImportSuppressions();
  const abort = useRef<AbortController | null>(null);
  const [sent, setSent] = useState<{ file: File; share: number } | null>(null);
  const close = () => {
    abort.current?.abort();
    setSent(null);
    importing.reset();
    onClose();
  };
  const onFile = (file: File) => {
    abort.current = new AbortController();
    setSent({ file, share: 0 });
    importing.mutate(
      { file, name: file.name, signal: abort.current.signal, onProgress: (share) => setSent({ file, share }) },
      {
        onSuccess: ({ importId }) => {
          setSent(null);
          onClose();
          onStarted(importId);
        },
        onError: () => setSent(null),
      },
    );
  };
  return (
    <Dialog opened={opened} onClose={close} title={strings.file.title}>
      {importing.error ? <ProblemNote error={importing.error} /> : null}
      {sent === null ? (
        <FileDrop hint={strings.file.hint} accept=".csv,.txt,.jsonl,.ndjson,text/csv,text/plain" onFile={onFile} />
      ) : (
        <ProgressLine
          label={strings.file.uploading({ name: sent.file.name })}
          percent={sent.share * 100}
          done={sent.share * sent.file.size}
          total={sent.file.size}
          rate={0}
          etaSeconds={null}
          format={(bytes) => sizeText(Math.round(bytes))}
        />
      )}
    </Dialog>
  );
}
