import { useCallback, useEffect, useRef, useState } from 'react';
import type { AudienceByLists, CampaignDetail, CampaignDraftChange } from '../../../../src/contract/campaigns.ts';
import { freshDesign } from '../../components/editor/blocks.ts';
import { bodyOf, type EditedContent, openContent } from '../../components/editor/content.ts';
import { useSaveDraft } from './api/drafts.ts';
import { type EditedVariant, firstContent, openVariants, variantsBody } from './variants.ts';

const PATIENCE_MS = 700;

type Settings = Omit<
  CampaignDraftChange,
  'audience' | 'subject' | 'htmlContent' | 'mjml' | 'design' | 'textContent' | 'variants'
>;
type ChosenAudience = Required<AudienceByLists>;

export interface Composer {
  readonly draft: CampaignDetail;
  /** Of the campaign; where there are variants, of the first. */
  readonly content: EditedContent;
  /** None, or two and more. */
  readonly variants: readonly EditedVariant[];
  readonly audience: ChosenAudience;
  /** How often it was saved since it was opened. */
  readonly saved: number;
  readonly status: 'saved' | 'saving' | 'unsaved' | 'needs-subject' | 'failed';
  readonly error: Error | null;
  readonly changeContent: (content: EditedContent) => void;
  readonly changeVariants: (variants: readonly EditedVariant[]) => void;
  readonly changeAudience: (change: Partial<ChosenAudience>) => void;
  readonly changeSettings: (change: Settings) => void;
  /** Saves what is not saved yet; rejects when it cannot be. */
  readonly flush: () => Promise<void>;
}

/** A draft while it is written: every change is saved a moment after the last one. */
export function useComposer(draft: CampaignDetail): Composer {
  const [content, setContent] = useState(() => openContent(firstContent(draft), freshDesign()));
  const [variants, setVariants] = useState<readonly EditedVariant[]>(() => openVariants(draft, freshDesign()));
  const [audience, setAudience] = useState(() => audienceOf(draft));
  const [saved, setSaved] = useState(0);
  const [unsaved, setUnsaved] = useState(0);
  const waiting = useRef<CampaignDraftChange>({});
  const save = useSaveDraft(draft.id);
  const { mutateAsync } = save;
  const turn = useRef<Promise<unknown>>(Promise.resolve());
  const flush = useCallback(async () => {
    const send = async () => {
      const body = waiting.current;
      if (Object.keys(body).length === 0) return;
      waiting.current = {};
      try {
        await mutateAsync(body);
        setSaved((times) => times + 1);
      } catch (error) {
        waiting.current = { ...body, ...waiting.current };
        throw error;
      }
    };
    const mine = turn.current.then(send, send);
    turn.current = mine.catch(() => {});
    await mine;
    setUnsaved(0);
  }, [mutateAsync]);
  useEffect(() => {
    if (unsaved === 0) return;
    const timer = setTimeout(() => void flush().catch(() => {}), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [unsaved, flush]);
  const queue = (body: CampaignDraftChange) => {
    waiting.current = { ...waiting.current, ...body };
    setUnsaved((changes) => changes + 1);
  };
  const needsSubject = content.subject.trim() === '';
  return {
    draft,
    content,
    variants,
    audience,
    saved,
    status: save.isPending
      ? 'saving'
      : save.isError
        ? 'failed'
        : needsSubject
          ? 'needs-subject'
          : unsaved > 0
            ? 'unsaved'
            : 'saved',
    error: save.error,
    changeContent: (changed) => {
      setContent(changed);
      // Without a subject there is nothing the server would keep.
      if (changed.subject.trim() === '') return;
      const { design: _design, mjml: _mjml, htmlContent: _html, ...rest } = waiting.current;
      waiting.current = rest;
      queue({ subject: changed.subject, ...bodyOf(changed) });
    },
    changeVariants: (changed) => {
      setVariants(changed);
      // What the first variant said itself is the campaign's from now on.
      const own = content.subject.trim() === '' ? {} : { subject: content.subject, ...bodyOf(content) };
      queue({ ...own, variants: variantsBody(changed), ...(changed.length < 2 ? { abTest: null } : {}) });
    },
    changeAudience: (change) => {
      const changed = { ...audience, ...change };
      setAudience(changed);
      // An audience of nobody is none.
      queue({ audience: changed.listIds.length + changed.segmentIds.length === 0 ? null : changed });
    },
    changeSettings: queue,
    flush,
  };
}

function audienceOf({ audience }: CampaignDetail): ChosenAudience {
  const { listIds, segmentIds, excludeListIds, excludeSegmentIds } = (audience ?? {}) as Partial<ChosenAudience>;
  return {
    listIds: listIds ?? [],
    segmentIds: segmentIds ?? [],
    excludeListIds: excludeListIds ?? [],
    excludeSegmentIds: excludeSegmentIds ?? [],
  };
}
