import { TextInput } from '@mantine/core';
import { Card } from '../../../components/card.tsx';
import { ChoiceList } from '../../../components/choice-list.tsx';
import { useAccountChoices } from '../../../components/use-choices.ts';
import { strings } from '../strings.ts';
import styles from './series.module.css';
import type { DraftProps } from './series-editor-page.tsx';

export function SenderForm({ draft, change }: DraftProps) {
  const words = strings.editor;
  const accounts = (useAccountChoices().data ?? []).map(({ id, name }) => ({ id, name, people: null }));
  return (
    <Card title={words.sender}>
      <div className={styles.stack}>
        <TextInput
          label={words.from}
          description={words.fromHint}
          maxLength={500}
          value={draft.from}
          onChange={(event) => change({ from: event.currentTarget.value })}
        />
        <ChoiceList
          title={words.accounts}
          none={words.noAccounts}
          options={accounts}
          chosen={draft.accountIds}
          onChange={(accountIds) => change({ accountIds })}
        />
        {draft.accountIds.length === 0 && accounts.length > 0 ? <p className="muted">{words.allAccounts}</p> : null}
      </div>
    </Card>
  );
}
