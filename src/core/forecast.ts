import type { CampaignForecast } from '../contract/forecast.ts';
import { getCampaign, wrongState } from './campaigns.ts';
import type { Caller, Core } from './context.ts';
import { reckon } from './forecast-input.ts';
import { forecastSentences, wordsOfBinding } from './forecast-words.ts';

/** When a campaign will be done and what holds it up, as things are. Reads; changes nothing. */
export async function forecastCampaign(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<CampaignForecast> {
  const campaign = await getCampaign(core, caller, id);
  if (['completed', 'failed', 'cancelled'].includes(campaign.state)) throw wrongState(campaign, 'forecast');
  const { result, recipients, remaining, isEstimate, now, zone, bindings, assumptions } = await reckon(
    core.db,
    campaign,
  );
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  const nameOf = (accountId: string | null) =>
    result.accounts.find((account) => account.id === accountId)?.name ?? campaign.name;
  const clock = { now, zone };
  return {
    recipients,
    remaining,
    isEstimate,
    startsAt: iso(result.startsAt),
    finishesAt: iso(result.finishesAt),
    durationSeconds: result.finishesAt === null ? null : Math.ceil((result.finishesAt - now) / 1000),
    boundBy: bindings.map((binding) => ({
      accountId: binding.accountId,
      name: nameOf(binding.accountId),
      limit: binding.limit,
      from: new Date(binding.from).toISOString(),
      until: new Date(binding.until).toISOString(),
      words: wordsOfBinding(binding, nameOf(binding.accountId), clock),
    })),
    accounts: result.accounts.map((account) => ({
      accountId: account.id,
      name: account.name,
      share: remaining === 0 ? 0 : Math.round((account.messages / remaining) * 1000) / 1000,
      messages: account.messages,
      finishesAt: iso(account.finishesAt),
      binding: account.binding,
    })),
    assumptions,
    sentences: forecastSentences({ result, bindings, remaining, isEstimate, nameOf, clock }),
  };
}
