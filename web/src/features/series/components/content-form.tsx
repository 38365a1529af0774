import { NativeSelect, SegmentedControl } from '@mantine/core';
import { Card } from '../../../components/card.tsx';
import { EmailEditor } from '../../../components/editor/email-editor.tsx';
import { useMergeFields, useTemplateChoices } from '../../../components/use-choices.ts';
import { strings } from '../strings.ts';
import styles from './series.module.css';
import type { DraftProps } from './series-editor-page.tsx';

const FEED_FIELDS = ['feed.title', 'feed.link'];
const LOOP =
  '{{ feed.title }}, {% for item in items %} {{ item.title }} {{ item.link }} {{ item.summary }} … {% endfor %}';

/** A message that is written here, or a template. */
export function ContentForm({ draft, change }: DraftProps) {
  const words = strings.editor;
  const own = useMergeFields();
  const fields = draft.hasFeed ? [...FEED_FIELDS, ...own] : own;
  const templates = useTemplateChoices().data ?? [];
  return (
    <Card title={words.content}>
      <div className={styles.stack}>
        <SegmentedControl
          aria-label={words.content}
          value={draft.isTemplate ? 'template' : 'own'}
          data={[
            { value: 'own', label: words.own },
            { value: 'template', label: words.template },
          ]}
          onChange={(value) => change({ isTemplate: value === 'template' })}
        />
        {draft.hasFeed ? <p className="muted">{words.fields({ fields: LOOP })}</p> : null}
        {draft.isTemplate ? (
          <NativeSelect
            label={words.template}
            description={words.templateHint}
            value={draft.templateId}
            data={[
              { value: '', label: words.chooseTemplate },
              ...templates.map(({ id, name }) => ({ value: id, label: name })),
            ]}
            onChange={(event) => change({ templateId: event.currentTarget.value })}
          />
        ) : (
          <EmailEditor content={draft.content} fields={fields} onChange={(content) => change({ content })} />
        )}
      </div>
    </Card>
  );
}
