import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { CampaignDetail, CampaignStatus, CampaignSummary } from '../../../../../src/contract/campaigns.ts';
import type { Page } from '../../../../../src/contract/common.ts';
import type { Operation } from '../../../../../src/contract/queue.ts';
import { progressStream } from '../../../lib/progress-stream.ts';
import { isStale, mergeProgress, withProgress } from '../progress.ts';
import { progressQuery } from './get-progress.ts';

/** Keeps what is shown of campaigns current. Whether events arrive: false while the connection is being made again. */
export function useFollowProgress(): boolean {
  const client = useQueryClient();
  const [live, setLive] = useState(true);
  useEffect(
    () =>
      progressStream.listen({
        onSnapshot: (operations) => begin(client, operations),
        onProgress: (operation) => apply(client, operation),
        onGap: () => void client.invalidateQueries({ queryKey: ['campaigns'] }),
        onLive: setLive,
      }),
    [client],
  );
  return live;
}

/** What the stream says first: everything. */
function begin(client: QueryClient, operations: readonly Operation[]): void {
  const campaigns = operations.filter((operation) => operation.kind === 'campaign');
  client.setQueryData(progressQuery.queryKey, campaigns);
  for (const campaign of campaigns) show(client, campaign);
}

/** What changed since. A campaign that is new or has another state is in other lists now, so those are read again. */
function apply(client: QueryClient, event: Operation): void {
  if (event.kind !== 'campaign') return;
  const known = client.getQueryData(progressQuery.queryKey) ?? [];
  if (isStale(known, event)) return;
  const before = known.find((operation) => operation.id === event.id);
  client.setQueryData(progressQuery.queryKey, mergeProgress(known, event));
  show(client, event);
  if (before?.state !== event.state) void client.invalidateQueries({ queryKey: ['campaigns'] });
}

/** Puts an event into everything that shows its campaign. */
function show(client: QueryClient, event: Operation): void {
  client.setQueryData<CampaignDetail>(['campaigns', 'detail', event.id], (campaign) =>
    campaign ? withProgress(campaign, event) : campaign,
  );
  client.setQueryData<CampaignStatus>(['campaigns', 'status', event.id], (status) =>
    status ? statusWith(status, event) : status,
  );
  client.setQueriesData<InfiniteData<Page<CampaignSummary>>>({ queryKey: ['campaigns', 'list'] }, (list) =>
    list ? { ...list, pages: list.pages.map((page) => pageWith(page, event)) } : list,
  );
}

function statusWith(status: CampaignStatus, event: Operation): CampaignStatus {
  const { waitingFor: _, ...rest } = withProgress(status, event);
  const waiting = event.waitingFor === undefined ? {} : { waitingFor: event.waitingFor };
  return { ...rest, rate: event.rate, etaSeconds: event.etaSeconds, ...waiting };
}

function pageWith(page: Page<CampaignSummary>, event: Operation): Page<CampaignSummary> {
  if (!page.items.some((item) => item.id === event.id)) return page;
  return {
    ...page,
    items: page.items.map((item) => (item.id === event.id ? withProgress(item, event) : item)),
  };
}
