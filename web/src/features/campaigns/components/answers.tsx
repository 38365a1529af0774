import { memo } from 'react';
import type { CampaignReport } from '../../../../../src/contract/campaign-report.ts';
import type { RecipientState } from '../../../../../src/contract/states.ts';
import { Card } from '../../../components/card.tsx';
import { StateMark } from '../../../components/state-mark.tsx';
import { Tip } from '../../../components/tip.tsx';
import { countText } from '../../../lib/numbers.ts';
import type { RecipientFilter } from '../api/list-recipients.ts';
import { strings } from '../strings.ts';
import styles from './breakdown.module.css';

const words = strings.report;

interface AnswersProps {
  readonly report: CampaignReport;
  readonly onFilter: (change: Partial<RecipientFilter>) => void;
}

/** Why messages did not get through, by what servers answered; each filters the recipients. */
export const Answers = memo(function Answers({ report, onFilter }: AnswersProps) {
  return (
    <Card title={words.answers} flush>
      {report.answers.length === 0 ? (
        <p className={styles.none}>{words.noTrouble}</p>
      ) : (
        <ul className={styles.rows}>
          {report.answers.map((answer) => (
            <li key={`${answer.state} ${answer.class} ${answer.code}`}>
              <Tip label={answer.example ?? words.noAnswer}>
                <button
                  type="button"
                  className={styles.answer}
                  onClick={() =>
                    onFilter({ state: answer.state as RecipientState, class: answer.class, code: answer.code })
                  }
                >
                  <StateMark state={answer.state as RecipientState} />
                  <span className={styles.grow}>{answer.class?.replaceAll('-', ' ') ?? words.unclassified}</span>
                  <span className="mono muted">{answer.code ?? ''}</span>
                  <b className="numbers">{countText(answer.count)}</b>
                </button>
              </Tip>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
});
