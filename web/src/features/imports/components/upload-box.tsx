import { NativeSelect } from '@mantine/core';
import { type FormEvent, useEffect, useState, useSyncExternalStore } from 'react';
import { useNavigate } from 'react-router';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { FileDrop } from '../../../components/file-drop.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { ProgressLine } from '../../../components/progress-line.tsx';
import { sizeText } from '../../../lib/numbers.ts';
import { readHeader } from '../mapping.ts';
import { strings } from '../strings.ts';
import { type Upload, uploads } from '../upload-store.ts';
import styles from './upload-box.module.css';

const ACCEPT = '.csv,.tsv,.txt,.xlsx,.json,.jsonl,.ndjson,text/csv,application/json';

/** Takes a file, shows it going up, and goes on where it is looked at. */
export function UploadBox() {
  const upload = useSyncExternalStore(uploads.subscribe, uploads.current);
  const navigate = useNavigate();
  const importId = upload?.importId ?? null;
  useEffect(() => {
    if (importId === null) return;
    uploads.clear();
    void navigate(`/imports/${importId}`);
  }, [importId, navigate]);
  if (upload === null) return <FileDrop hint={strings.drop} accept={ACCEPT} onFile={(file) => uploads.start(file)} />;
  return <Card>{upload.error ? <Failed upload={upload} /> : <Going upload={upload} />}</Card>;
}

function Going({ upload: { file, share, rate } }: { upload: Upload }) {
  const left = rate > 0 ? (file.size * (1 - share)) / rate : null;
  return (
    <div className={styles.going}>
      <ProgressLine
        label={strings.upload.label({ name: file.name })}
        percent={share * 100}
        done={share * file.size}
        total={file.size}
        rate={rate}
        etaSeconds={left}
        format={(bytes) => sizeText(Math.round(bytes))}
      />
      <Button onClick={() => uploads.clear()}>{strings.upload.cancel}</Button>
    </div>
  );
}

/** The server says what is wrong. Where it found no column of addresses, somebody can name one. */
function Failed({ upload }: { upload: Upload }) {
  const { file, error } = upload;
  const [header, setHeader] = useState<readonly string[]>([]);
  const [chosen, setChosen] = useState('');
  const words = strings.upload;
  const isColumnMissing =
    error?.problem?.code === 'CSV_MALFORMED' && error.message.startsWith('No column holds email addresses');
  useEffect(() => {
    if (isColumnMissing) void readHeader(file).then(setHeader);
  }, [file, isColumnMissing]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    uploads.start(file, { [chosen || (header[0] ?? '')]: 'email' });
  };
  return (
    <>
      {isColumnMissing && header.length > 0 ? (
        <form className={styles.form} onSubmit={submit}>
          <p>{words.noEmail}</p>
          <NativeSelect
            label={words.which}
            data={[...header]}
            value={chosen || (header[0] ?? '')}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
          <Button type="submit" kind="primary">
            {words.retry}
          </Button>
        </form>
      ) : (
        <ProblemNote error={error} />
      )}
      <div>
        <Button onClick={() => uploads.clear()}>{words.another}</Button>
      </div>
    </>
  );
}
