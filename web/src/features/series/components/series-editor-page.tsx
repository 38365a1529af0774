import { TextInput } from '@mantine/core';
import { useContext, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import type { SeriesDetail } from '../../../../../src/contract/series.ts';
import { Button } from '../../../components/button.tsx';
import beside from '../../../components/editor/beside-preview.module.css';
import { freshDesign } from '../../../components/editor/blocks.ts';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { TimeZone } from '../../../lib/clock.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useSaveSeries } from '../api/change-series.ts';
import { useSeries } from '../api/read-series.ts';
import { bodyOfDraft, missingIn, openDraft, type SeriesDraft } from '../draft.ts';
import { strings } from '../strings.ts';
import { AudienceForm } from './audience-form.tsx';
import { ContentForm } from './content-form.tsx';
import { FeedForm } from './feed-form.tsx';
import { ScheduleForm } from './schedule-form.tsx';
import { SenderForm } from './sender-form.tsx';
import { SeriesPreviewPane } from './series-preview-pane.tsx';

/** A series that is there, or one that is to be. */
export function SeriesEditorPage() {
  const { id } = useParams();
  return id === undefined ? <Writing series={null} /> : <Editing key={id} id={id} />;
}

function Editing({ id }: { id: string }) {
  const series = useSeries(id, false);
  if (series.isError) return <ProblemNote error={series.error} onRetry={() => void series.refetch()} />;
  if (series.isPending) {
    return (
      <div role="status" aria-label={strings.loading}>
        <Skeleton width={240} height={28} />
      </div>
    );
  }
  return <Writing series={series.data} />;
}

/** What every part of the form is given. */
export interface DraftProps {
  readonly draft: SeriesDraft;
  readonly change: (part: Partial<SeriesDraft>) => void;
}

function Writing({ series }: { series: SeriesDetail | null }) {
  const words = strings.editor;
  const zone = useContext(TimeZone) ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [draft, setDraft] = useState(() => openDraft(series, freshDesign(), zone));
  const save = useSaveSeries(series?.id ?? null);
  const navigate = useNavigate();
  const title = series ? words.title({ name: series.name }) : words.newTitle;
  usePageTitle(title);
  const change = (part: Partial<SeriesDraft>) => setDraft((before) => ({ ...before, ...part }));
  const missing = missingIn(draft);
  const onSave = () =>
    save.mutate(bodyOfDraft(draft, series === null), {
      onSuccess: ({ id }) => {
        toasts.say(series ? words.saved : words.created);
        void navigate(`/series/${id}`);
      },
    });
  const lacks = missing.map((part) => words.parts[part]).join(', ');
  return (
    <div className={page.page}>
      <PageHead title={title} lead={missing.length > 0 ? words.missing({ parts: lacks }) : undefined}>
        <Button kind="primary" busy={save.isPending} disabled={missing.length > 0} onClick={onSave}>
          {series ? words.save : words.create}
        </Button>
      </PageHead>
      {save.error ? <ProblemNote error={save.error} /> : null}
      <div className={beside.columns}>
        <div className={beside.form}>
          <TextInput
            label={words.name}
            description={words.nameHint}
            required
            withAsterisk={false}
            maxLength={150}
            value={draft.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <ScheduleForm draft={draft} change={change} />
          <FeedForm draft={draft} change={change} />
          <ContentForm draft={draft} change={change} />
          <AudienceForm draft={draft} change={change} />
          <SenderForm draft={draft} change={change} />
        </div>
        <SeriesPreviewPane draft={draft} />
      </div>
    </div>
  );
}
