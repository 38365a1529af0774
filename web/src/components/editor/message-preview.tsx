import { SegmentedControl } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Preview, PreviewBody } from '../../../../src/contract/content.ts';
import { sendJson } from '../../lib/api.ts';
import { sizeText } from '../../lib/numbers.ts';
import { Button } from '../button.tsx';
import { Icon } from '../icon.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { Skeleton } from '../skeleton.tsx';
import { bodyOf, type EditedContent } from './content.ts';
import styles from './preview.module.css';
import { strings } from './strings.ts';

const words = strings.preview;
const PATIENCE_MS = 400;

interface MessagePreviewProps {
  readonly content: EditedContent;
  /** `Name <a@b>`; the workspace's own when empty. */
  readonly from?: string;
  /** People to show it for, in turn; when there is nobody, the server picks somebody. */
  readonly contactIds: readonly string[];
}

/** The message as a real contact would read it, rendered by the server a moment after the last key. */
export function MessagePreview({ content, from = '', contactIds }: MessagePreviewProps) {
  const [at, setAt] = useState(0);
  const contactId = contactIds[at % Math.max(contactIds.length, 1)];
  const { data, error, isPending } = usePreview(content, from, contactId);
  const step = (by: number) => setAt((at + by + contactIds.length) % contactIds.length);
  return (
    <PreviewPane
      preview={data ?? null}
      error={error}
      isPending={isPending}
      tools={
        contactIds.length > 1 ? (
          <>
            <Button kind="quiet" aria-label={words.previous} onClick={() => step(-1)}>
              <Icon name="back" />
            </Button>
            <Button kind="quiet" aria-label={words.next} onClick={() => step(1)}>
              <span className={styles.flipped}>
                <Icon name="back" />
              </span>
            </Button>
          </>
        ) : null
      }
    />
  );
}

interface PreviewPaneProps {
  readonly preview: Preview | null;
  readonly error: Error | null;
  readonly isPending: boolean;
  /** Beside the choice of how it is shown. */
  readonly tools?: ReactNode;
}

/** A message on a desktop, on a phone or as text, light or dark. */
export function PreviewPane({ preview, error, isPending, tools = null }: PreviewPaneProps) {
  const [device, setDevice] = useState<'desktop' | 'phone'>('desktop');
  const [scheme, setScheme] = useState<'light' | 'dark'>('light');
  const [part, setPart] = useState<'html' | 'text'>('html');
  return (
    <section className={styles.preview} aria-label={words.title}>
      <div className={styles.tools}>
        <SegmentedControl
          size="xs"
          aria-label={words.title}
          value={part === 'text' ? 'text' : device}
          data={[
            { value: 'desktop', label: words.desktop },
            { value: 'phone', label: words.phone },
            { value: 'text', label: words.text },
          ]}
          onChange={(value) => {
            setPart(value === 'text' ? 'text' : 'html');
            if (value !== 'text') setDevice(value as 'desktop' | 'phone');
          }}
        />
        <Button
          kind="quiet"
          aria-label={scheme === 'light' ? words.dark : words.light}
          onClick={() => setScheme(scheme === 'light' ? 'dark' : 'light')}
        >
          <Icon name={scheme === 'light' ? 'moon' : 'sun'} />
        </Button>
        <span className={styles.grow} />
        {tools}
      </div>
      {error ? <ProblemNote error={error} /> : null}
      {preview ? (
        <Shown preview={preview} part={part} device={device} scheme={scheme} />
      ) : isPending ? (
        <div role="status" aria-label={words.loading}>
          <Skeleton height={320} />
        </div>
      ) : null}
    </section>
  );
}

function usePreview(content: EditedContent, from: string, contactId: string | undefined) {
  const body: PreviewBody = {
    subject: content.subject,
    ...bodyOf(content),
    ...(from === '' ? {} : { from }),
    ...(contactId === undefined ? {} : { contactId }),
  };
  const [settled] = useDebouncedValue(JSON.stringify(body), PATIENCE_MS);
  return useQuery({
    queryKey: ['preview', settled],
    // A POST, but it changes nothing.
    queryFn: () => sendJson<Preview>('POST', '/api/content/preview', JSON.parse(settled)),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

interface ShownProps {
  readonly preview: Preview;
  readonly part: 'html' | 'text';
  readonly device: 'desktop' | 'phone';
  readonly scheme: 'light' | 'dark';
}

function Shown({ preview, part, device, scheme }: ShownProps) {
  const missing = preview.fields.filter(({ isMissing }) => isMissing).map(({ name }) => name);
  return (
    <>
      <div className={styles.envelope}>
        <b>{preview.subject === '' ? words.noSubject : preview.subject}</b>
        <span className="muted">
          {preview.contact ? words.as({ email: preview.contact.email }) : words.example}, {sizeText(preview.size)}
        </span>
        {missing.length > 0 ? <span className="muted">{words.missing({ fields: missing.join(', ') })}</span> : null}
      </div>
      <div className={styles.stage} data-device={device} data-scheme={scheme}>
        {part === 'text' || preview.html === null ? (
          <pre className={styles.text}>{preview.text}</pre>
        ) : (
          // No scripts, no forms, no access to this page; the page's Content-Security-Policy holds in it as well.
          <iframe
            className={styles.frame}
            title={words.frame}
            sandbox=""
            referrerPolicy="no-referrer"
            srcDoc={`<meta name="color-scheme" content="${scheme === 'dark' ? 'dark' : 'only light'}">${preview.html}`}
          />
        )}
      </div>
    </>
  );
}
