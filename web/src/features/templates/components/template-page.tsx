import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import type { Template } from '../../../../../src/contract/templates.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import beside from '../../../components/editor/beside-preview.module.css';
import { freshDesign } from '../../../components/editor/blocks.ts';
import { bodyOf, openContent } from '../../../components/editor/content.ts';
import { EmailEditor } from '../../../components/editor/email-editor.tsx';
import { MessagePreview } from '../../../components/editor/message-preview.tsx';
import { Moment } from '../../../components/moment.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useCan } from '../../../lib/access.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useSaveTemplate, useTemplate, useVersions } from '../api/templates.ts';
import { strings } from '../strings.ts';
import styles from './template-page.module.css';

const FIELDS = ['firstName', 'lastName', 'name', 'email', 'unsubscribeUrl', 'preferencesUrl', 'webVersionUrl'];

/** One template: written like a campaign's message, saved version by version. */
export function TemplatePage() {
  const { id = '' } = useParams();
  const [params] = useSearchParams();
  const version = Number(params.get('version')) || null;
  const template = useTemplate(id, version);
  if (template.isPending) {
    return (
      <div role="status" aria-label={strings.loading}>
        <Skeleton width={240} height={28} />
      </div>
    );
  }
  if (template.isError) return <ProblemNote error={template.error} onRetry={() => void template.refetch()} />;
  return <Writing key={`${id} ${version ?? 'newest'}`} template={template.data} isOld={version !== null} />;
}

function Writing({ template, isOld }: { template: Template; isOld: boolean }) {
  const [name, setName] = useState(template.name);
  const [content, setContent] = useState(() => openContent(template, freshDesign()));
  const [isChanged, setIsChanged] = useState(false);
  const versions = useVersions(template.id).data ?? [];
  const save = useSaveTemplate(template.id);
  const navigate = useNavigate();
  const canWrite = useCan('editor');
  usePageTitle(template.name);
  const newest = versions[0]?.version ?? template.version;
  const submit = () =>
    save.mutate(
      { name, subject: content.subject, ...clearedText(content.text), ...bodyOf(content) },
      {
        onSuccess: ({ version }) => {
          setIsChanged(false);
          toasts.say(strings.saved({ version }));
          if (isOld) void navigate(`/templates/${template.id}`, { replace: true });
        },
      },
    );
  return (
    <div className={page.page}>
      <PageHead title={template.name} lead={isOld ? strings.old({ version: template.version }) : undefined}>
        {isChanged ? (
          <span className="muted" role="status">
            {strings.unsaved}
          </span>
        ) : null}
        {canWrite ? (
          <Button kind="primary" busy={save.isPending} disabled={!isChanged && !isOld} onClick={submit}>
            {strings.save({ version: newest + 1 })}
          </Button>
        ) : null}
      </PageHead>
      {save.error ? <ProblemNote error={save.error} /> : null}
      <div className={beside.columns}>
        <div className={beside.form}>
          <TextInput
            label={strings.name}
            required
            maxLength={200}
            value={name}
            onChange={(event) => {
              setName(event.currentTarget.value);
              setIsChanged(true);
            }}
          />
          <EmailEditor
            content={content}
            fields={FIELDS}
            onChange={(changed) => {
              setContent(changed);
              setIsChanged(true);
            }}
          />
          <Card title={strings.versions} flush>
            <ul>
              {versions.map(({ version, subject, createdAt }) => (
                <li key={version} className={styles.version} data-open={version === template.version || undefined}>
                  <Link to={version === newest ? `/templates/${template.id}` : `?version=${version}`}>
                    {strings.version({ version })}
                  </Link>
                  <span className={styles.subject}>{subject}</span>
                  <Moment iso={createdAt} />
                </li>
              ))}
            </ul>
          </Card>
        </div>
        <MessagePreview content={content} contactIds={[]} />
      </div>
    </div>
  );
}

/** A text part that was emptied is taken out. */
function clearedText(text: string): { textContent?: null } {
  return text.trim() === '' ? { textContent: null } : {};
}
