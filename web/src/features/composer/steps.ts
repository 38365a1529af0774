import type { CampaignDetail } from '../../../../src/contract/campaigns.ts';
import type { Composer } from './use-composer.ts';

export const STEPS = ['content', 'audience', 'sender', 'schedule', 'review'] as const;
export type Step = (typeof STEPS)[number];

export function stepOf(text: string | null): Step {
  return STEPS.find((step) => step === text) ?? 'content';
}

/** Whether nothing is missing in a step any more. */
export function isDone(
  step: Step,
  { content, audience, draft }: Pick<Composer, 'content' | 'audience' | 'draft'>,
): boolean {
  switch (step) {
    case 'content':
      return content.subject.trim() !== '';
    case 'audience':
      return hasAudience(draft) || audience.listIds.length + audience.segmentIds.length > 0;
    case 'sender':
      return true;
    case 'schedule':
      return true;
    case 'review':
      return false;
  }
}

/** Recipients that came with the request; the API can set them, this page shows that they are there. */
export function hasAudience({ audience }: CampaignDetail): boolean {
  return audience?.kind === 'inline';
}
