import { MultiSelect, TextInput } from '@mantine/core';
import { useCampaignNames } from '../api/list-campaign-names.ts';
import type { DraftClause } from '../draft.ts';
import { strings } from '../strings.ts';
import styles from './builder.module.css';

interface ActivityFieldsProps {
  readonly clause: DraftClause;
  readonly onChange: (clause: DraftClause) => void;
}

/** By which campaigns, in how many days, and of clicks which link; each may be left open. */
export function ActivityFields({ clause, onChange }: ActivityFieldsProps) {
  const campaigns = useCampaignNames() ?? [];
  return (
    <>
      <MultiSelect
        size="xs"
        aria-label={strings.campaigns}
        placeholder={clause.campaignIds.length === 0 ? strings.campaignsAny : ''}
        searchable
        className={styles.many ?? ''}
        data={campaigns.map(({ id, name }) => ({ value: id, label: name }))}
        value={[...clause.campaignIds]}
        onChange={(campaignIds) => onChange({ ...clause, campaignIds })}
      />
      <span className={styles.unit}>
        <TextInput
          size="xs"
          aria-label={strings.lastDays}
          placeholder={strings.lastDaysAny}
          inputMode="numeric"
          autoComplete="off"
          className={styles.short ?? ''}
          value={clause.days}
          onChange={(event) => onChange({ ...clause, days: event.currentTarget.value })}
        />
        {strings.daysUnit}
      </span>
      {clause.subject === 'activity:clicked' ? (
        <TextInput
          size="xs"
          aria-label={strings.link}
          placeholder={strings.linkAny}
          autoComplete="off"
          className={styles.text ?? ''}
          value={clause.link}
          onChange={(event) => onChange({ ...clause, link: event.currentTarget.value })}
        />
      ) : null}
    </>
  );
}
