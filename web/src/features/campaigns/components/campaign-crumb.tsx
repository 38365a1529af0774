import { useParams } from 'react-router';
import { useCampaign } from '../api/get-campaign.ts';

/** The name of the campaign in the address. */
export function CampaignCrumb() {
  const { id = '' } = useParams();
  return <span aria-current="page">{useCampaign(id).data?.name ?? '…'}</span>;
}
