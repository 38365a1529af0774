import { useSearchParams } from 'react-router';
import type { Operation } from '../../../../../src/contract/queue.ts';
import type { WorkspaceThroughput } from '../../../../../src/contract/throughput.ts';
import { Card } from '../../../components/card.tsx';
import { TimeChart } from '../../../components/chart/time-chart.tsx';
import { Figures } from '../../../components/figures.tsx';
import { FilterTabs } from '../../../components/filter-tabs.tsx';
import { LiveCampaigns } from '../../../components/live-campaigns.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { countText, rateText } from '../../../lib/numbers.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { durationText } from '../../../lib/times.ts';
import { usePerformance } from '../api/get-performance.ts';
import { useThroughput } from '../api/get-throughput.ts';
import { RANGES, rangeOf } from '../ranges.ts';
import { strings } from '../strings.ts';
import { successText } from '../success-text.ts';
import { throughputPoints, throughputSeries } from '../throughput-series.ts';
import { AccountSuccessCard, AccountUseCard } from './account-cards.tsx';
import { SystemCard } from './system-card.tsx';
import { WaitsCard } from './waits-card.tsx';

/** How fast it goes now, and how it went. `running` comes from the stream; the rest is asked again every five seconds. */
export function PerformancePage({ running }: { running: readonly Operation[] }) {
  const words = strings.performance;
  usePageTitle(words.title);
  const [params] = useSearchParams();
  const range = rangeOf(params.get('range'));
  const throughput = useThroughput(range.hours);
  if (throughput.isError && !throughput.data)
    return <ProblemNote error={throughput.error} onRetry={() => void throughput.refetch()} />;
  return (
    <div className={page.page}>
      <PageHead title={words.title} lead={words.lead}>
        <FilterTabs
          label={words.range}
          current={range.id}
          tabs={RANGES.map(({ id }) => ({ id, label: words.ranges[id], to: id === 'day' ? '?' : `?range=${id}` }))}
        />
      </PageHead>
      <Now throughput={throughput.data} running={running} />
      <Card title={words.live} flush={running.length > 0}>
        {running.length > 0 ? <LiveCampaigns running={running} /> : <p className="muted">{words.noLive}</p>}
      </Card>
      <Card title={range.id === 'hour' ? words.throughputMinutes : words.throughput}>
        {throughput.data ? (
          <Throughput throughput={throughput.data} byMinute={range.id === 'hour'} />
        ) : (
          <Skeleton height={200} />
        )}
      </Card>
      <AccountSuccessCard accounts={throughput.data?.accounts} />
      <div className={page.columns}>
        <AccountUseCard />
        <WaitsCard waits={throughput.data?.queuedToSent} />
        <SystemCard />
      </div>
    </div>
  );
}

interface NowProps {
  readonly throughput: WorkspaceThroughput | undefined;
  readonly running: readonly Operation[];
}

function Now({ throughput, running }: NowProps) {
  const now = usePerformance().data;
  const words = strings.performance;
  const { figures } = words;
  const waits = throughput?.queuedToSent;
  const slowest = waits?.p95Seconds ?? null;
  return (
    <Figures
      figures={[
        { label: figures.rate, value: now ? rateText(now.emailsPerSecond) : '' },
        { label: figures.workers, value: now ? countText(now.activeWorkers) : '' },
        { label: figures.eta, value: etaOf(running) },
        { label: figures.sent, value: throughput ? countText(throughput.total.sent) : '' },
        { label: figures.success, value: throughput ? successText(throughput.total.successRate) : '' },
        {
          label: figures.median,
          value: waits
            ? waits.p50Seconds === null
              ? '–'
              : words.within({ time: durationText(waits.p50Seconds) })
            : '',
          ...(slowest === null ? {} : { note: words.slowest({ time: durationText(slowest) }) }),
        },
      ]}
    />
  );
}

/** When the last campaign will be done; one that nobody can tell it of makes all of it unknown. */
function etaOf(running: readonly Operation[]): string {
  const active = running.filter(({ state }) => state !== 'paused');
  if (active.length === 0) return strings.performance.idle;
  const left = active.map(({ etaSeconds }) => etaSeconds);
  const known = left.filter((seconds) => seconds !== null);
  return known.length < left.length ? strings.performance.noEta : durationText(Math.max(...known));
}

function Throughput({ throughput, byMinute }: { throughput: WorkspaceThroughput; byMinute: boolean }) {
  const { total, hours, minutes } = throughput;
  const words = strings.performance;
  if (total.sent + total.failed + total.deferred + total.unknown === 0) return <p className="muted">{words.nothing}</p>;
  return (
    <TimeChart
      label={byMinute ? words.throughputMinutes : words.throughput}
      kind="bar"
      points={throughputPoints(byMinute ? minutes : hours)}
      series={throughputSeries()}
      format={countText}
      whole
      height={220}
    />
  );
}
