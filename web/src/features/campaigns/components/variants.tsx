import { useState } from 'react';
import type { CampaignDetail } from '../../../../../src/contract/campaigns.ts';
import type { Rate, VariantPart, VariantReport } from '../../../../../src/contract/variant-report.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { FormDialog } from '../../../components/dialog.tsx';
import { Moment } from '../../../components/moment.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import { useCan } from '../../../lib/access.ts';
import { countText, percentText } from '../../../lib/numbers.ts';
import { useChooseWinner } from '../api/choose-winner.ts';
import { strings } from '../strings.ts';
import styles from './variants.module.css';

/** A variant in the sample, or, of the winner, with those who had waited. */
interface Row {
  readonly name: string;
  readonly subject: string;
  readonly isRest: boolean;
  readonly part: VariantPart;
}
const CHOOSABLE: readonly string[] = ['active', 'paused'];

interface VariantsProps {
  readonly campaign: CampaignDetail;
  readonly report: VariantReport;
  /** Shows the recipients of a variant. */
  readonly onPick: (name: string) => void;
}

/** How the variants of a campaign do against each other, and a way to let those who wait have one. */
export function Variants({ campaign, report, onPick }: VariantsProps) {
  const words = strings.variants;
  const { test, variants } = report;
  const [chosen, setChosen] = useState<string | null>(null);
  const choose = useChooseWinner(campaign.id);
  const canChoose = useCan('editor') && test.winner === null && test.waiting > 0 && CHOOSABLE.includes(campaign.state);
  const rows = variants.flatMap(({ name, subject, sample, rest }): Row[] => [
    { name, subject, isRest: false, part: sample },
    ...(rest === null ? [] : [{ name, subject, isRest: true, part: rest }]),
  ]);
  const scale = Math.max(0.01, ...rows.flatMap(({ part }) => [part.opens.high ?? 0, part.clicks.high ?? 0]));
  const columns = columnsOf({ report, scale, onPick, onChoose: canChoose ? setChosen : null });
  return (
    <Card title={words.title({ count: variants.length })}>
      <p>{test.words}</p>
      <Standing test={test} />
      <DataTable label={words.table} columns={columns} rows={rows} keyOf={({ name, isRest }) => `${name} ${isRest}`} />
      <p className={`muted ${styles.hint}`}>{words.hint}</p>
      <FormDialog
        opened={chosen !== null}
        onClose={() => setChosen(null)}
        title={words.confirmTitle({ name: chosen ?? '' })}
        submit={words.send({ name: chosen ?? '', count: test.waiting })}
        busy={choose.isPending}
        error={choose.error}
        onSubmit={() => chosen !== null && choose.mutate(chosen, { onSuccess: () => setChosen(null) })}
      >
        <p>{words.confirm({ count: test.waiting, name: chosen ?? '' })}</p>
      </FormDialog>
    </Card>
  );
}

/** Who waits for what, and since when. */
function Standing({ test }: { test: VariantReport['test'] }) {
  const words = strings.variants;
  if (test.winner !== null)
    return (
      <p className="muted">
        {words.decided({ name: test.winner })} {test.winnerAt ? <Moment iso={test.winnerAt} /> : null}
      </p>
    );
  if (test.waiting === 0) return null;
  return (
    <p className="muted">
      {words.waiting({ count: test.waiting })}{' '}
      {test.decidesAt ? (
        <>
          {words.decides} <Moment iso={test.decidesAt} />
        </>
      ) : test.sampleOutAt === null ? (
        words.sampling
      ) : (
        words.byHand
      )}
    </p>
  );
}

interface ColumnParts {
  readonly report: VariantReport;
  /** The rate that fills the width of a picture. */
  readonly scale: number;
  readonly onPick: (name: string) => void;
  /** Null: nobody is to be let go now, or not by this reader. */
  readonly onChoose: ((name: string) => void) | null;
}

function columnsOf({ report: { test }, scale, onPick, onChoose }: ColumnParts): ReadonlyArray<Column<Row>> {
  const words = strings.variants;
  const decides = test.metric === 'opens' ? 'opens' : 'clicks';
  const rate = (metric: 'opens' | 'clicks'): Column<Row> => ({
    id: metric,
    header: words[metric],
    width: 'clamp(96px, 14vw, 190px)',
    cell: ({ part }) => <RateCell rate={part[metric]} scale={scale} />,
    // Where the screen is narrow, what decides is enough.
    ...(metric === decides ? {} : { wide: true }),
  });
  const count = (id: 'unsubscribed' | 'complained'): Column<Row> => ({
    id,
    header: words[id],
    width: 104,
    align: 'end',
    wide: true,
    cell: ({ part }) => countText(part[id]),
  });
  return [
    { id: 'name', header: words.variant, cell: (row) => <NameCell row={row} test={test} onPick={onPick} /> },
    {
      id: 'sent',
      header: words.sent,
      width: 80,
      align: 'end',
      wide: true,
      cell: ({ part }) => countText(part.counts.sent),
    },
    rate('opens'),
    rate('clicks'),
    count('unsubscribed'),
    count('complained'),
    ...(onChoose === null ? [] : [chooseColumn(onChoose)]),
  ];
}

function chooseColumn(onChoose: (name: string) => void): Column<Row> {
  const words = strings.variants;
  return {
    id: 'choose',
    header: '',
    width: 100,
    align: 'end',
    cell: ({ name }) => (
      <Button kind="quiet" aria-label={words.choose({ name })} onClick={() => onChoose(name)}>
        {words.chooseShort}
      </Button>
    ),
  };
}

interface NameCellProps {
  readonly row: Row;
  readonly test: VariantReport['test'];
  readonly onPick: (name: string) => void;
}

function NameCell({ row: { name, subject, isRest }, test, onPick }: NameCellProps) {
  const words = strings.variants;
  if (isRest) return <span className="muted">{words.rest({ name })}</span>;
  return (
    <span className={styles.name}>
      <button type="button" className={styles.pick} onClick={() => onPick(name)}>
        {name}
      </button>
      {test.winner === name ? <StatusMark tone="good" word={words.winner} /> : null}
      {test.winner === null && test.leader === name ? <span className="muted">{words.leads}</span> : null}
      <span className={`muted ${styles.subject}`} title={subject}>
        {subject}
      </span>
    </span>
  );
}

/** The rate, and a line from where to where the true one lies with 95 % confidence. */
function RateCell({ rate: { rate, low, high, people }, scale }: { rate: Rate; scale: number }) {
  const words = strings.variants;
  if (rate === null || low === null || high === null) return <span className="muted">–</span>;
  const at = (share: number) => `${Math.min(100, (share / scale) * 100)}%`;
  const range = words.range({ low: percentText(low), high: percentText(high), people: countText(people) });
  return (
    <span className={styles.rate} title={range}>
      <span className="numbers">{percentText(rate)}</span>
      <span className={`numbers muted ${styles.bounds}`} aria-hidden="true">
        {words.bounds({ low: percentText(low).replace(/\s?%$/, ''), high: percentText(high) })}
      </span>
      <span className={styles.range} role="img" aria-label={range}>
        <span className={styles.line} style={{ left: at(low), width: at(high - low) }} />
        <span className={styles.dot} style={{ left: at(rate) }} />
      </span>
    </span>
  );
}
