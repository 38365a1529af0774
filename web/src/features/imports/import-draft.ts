import { useState } from 'react';
import type { AddressChecks, ImportMode, StartImportBody } from '../../../../src/contract/imports.ts';
import type { Mapping } from './mapping.ts';

/** What somebody has decided about a file that waits for them. */
export interface ImportDraft {
  /** By header, only what was changed. */
  readonly mapping: Mapping;
  readonly mode: ImportMode;
  /** Empty: none; `new`: the one below. */
  readonly listId: string;
  readonly listName: string;
  readonly consent: string;
  readonly checks: Required<AddressChecks>;
  /** The decisions that every row was last looked at with. */
  readonly seen: string;
}

const CHECKS: Required<AddressChecks> = { role: 'note', disposable: 'note', typo: 'note', mx: 'off' };
const FIRST = { mapping: {}, mode: 'merge', listId: '', listName: '', consent: '', checks: CHECKS } as const;
const NEW: ImportDraft = { ...FIRST, seen: keyOf(FIRST) };

export const NEW_LIST = 'new';

/** Two drafts of one key would have the same become of every row. */
export function keyOf({ mapping, mode, checks }: Pick<ImportDraft, 'mapping' | 'mode' | 'checks'>): string {
  return JSON.stringify([mapping, mode, checks]);
}

/** Where the people go, and whose word it is that they agreed. */
export function targetOf({ listId, listName, consent }: ImportDraft): StartImportBody {
  return {
    ...(listId === NEW_LIST ? { listName: listName.trim() } : {}),
    ...(listId === NEW_LIST || listId === '' ? {} : { listId }),
    ...(consent.trim() === '' ? {} : { consent: consent.trim() }),
  };
}

const KEY = 'postrider-import ';

/** Kept as long as the tab: whoever comes back finds their decisions. */
export function useImportDraft(importId: string): [ImportDraft, (draft: ImportDraft) => void] {
  const [draft, setDraft] = useState(() => readDraft(importId));
  const change = (changed: ImportDraft) => {
    keepDraft(importId, changed);
    setDraft(changed);
  };
  return [draft, change];
}

export function keepDraft(importId: string, draft: ImportDraft): void {
  try {
    sessionStorage.setItem(KEY + importId, JSON.stringify(draft));
  } catch {
    // storage is closed to us: kept until the page is left
  }
}

function readDraft(importId: string): ImportDraft {
  try {
    const kept = sessionStorage.getItem(KEY + importId);
    return kept === null ? NEW : { ...NEW, ...(JSON.parse(kept) as ImportDraft) };
  } catch {
    return NEW;
  }
}
