import { useCallback, useEffect, useRef, useState } from 'react';
import type { AudienceByLists, CampaignDetail, CampaignDraftChange } from '../../../../src/contract/campaigns.ts';
import { freshDesign } from '../../components/editor/blocks.ts';
import { bodyOf, type EditedContent, openContent } from '../../components/editor/content.ts';
import { useSaveDraft } from './api/drafts.ts';

const PATIENCE_MS = 700;

type Settings = Omit<CampaignDraftChange, 'audience' | 'subject' | 'htmlContent' | 'mjml' | 'design' | 'textContent'>;
type ChosenAudience = Required<AudienceByLists>;

export interface Composer {
  readonly draft: CampaignDetail;
  readonly content: EditedContent;
  readonly audience: ChosenAudience;
  /** How often it was saved since it was opened. */
  readonly saved: number;
  readonly status: 'saved' | 'saving' | 'unsaved' | 'needs-subject' | 'failed';
  readonly error: Error | null;
  readonly changeContent: (content: EditedContent) => void;
  readonly changeAudience: (change: Partial<ChosenAudience>) => void;
  readonly changeSettings: (change: Settings) => void;
  /** Saves what is not saved yet; rejects when it cannot be. */
  readonly flush: () => Promise<void>;
}

/** A draft while it is written: every change is saved a moment after the last one. */
export function useComposer(draft: CampaignDetail): Composer {
  const [content, setContent] = useState(() => openContent(draft, freshDesign()));
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
