import { useCampaign } from '../api/get-campaign.ts';

/** A campaign's name, as far as it is known. */
export function CampaignCrumb({ id }: { id: string }) {
  return <span aria-current="page">{useCampaign(id).data?.name ?? '…'}</span>;
}
