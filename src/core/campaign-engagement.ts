import type { CampaignReport } from '../contract/campaign-report.ts';
import { countClicksByLink, countEngagement, listLinksOfSend } from '../db/campaign-links.ts';
import type { Core } from './context.ts';

type Engagement = CampaignReport['engagement'];

const NONE = { people: 0, all: 0, events: 0, machineEvents: 0 };

export const NO_ENGAGEMENT: Engagement = { opens: NONE, clicks: NONE, links: [] };

/** Opens and clicks of a send, exact, people and programs told apart; links in the order in which they stand. */
export async function readEngagement({ db }: Pick<Core, 'db'>, sendId: string): Promise<Engagement> {
  const [counts, links, clicks] = await Promise.all([
    countEngagement(db.sql, sendId),
    listLinksOfSend(db.sql, sendId),
    countClicksByLink(db.sql, sendId),
  ]);
  const of = (type: string) => {
    const { people = 0, all = 0, events = 0, machineEvents = 0 } = counts.find((count) => count.type === type) ?? {};
    return { people, all, events, machineEvents };
  };
  const byLink = new Map(clicks.map((count) => [count.no, count]));
  return {
    opens: of('opened'),
    clicks: of('clicked'),
    links: links.map(({ no, url, isPersonal }) => {
      const { people = 0, clicks: followed = 0, machineClicks = 0 } = byLink.get(no) ?? {};
      return { position: no + 1, url, isPersonal, people, clicks: followed, machineClicks };
    }),
  };
}
