import type { ImportStatus } from '../../../../src/contract/imports.ts';
import type { Tone } from '../../components/status-mark.tsx';
import { strings } from './strings.ts';

export function isOpen({ state }: Pick<ImportStatus, 'state'>): boolean {
  return state === 'waiting' || state === 'active';
}

/** A dry run that others went on from: nothing to see there. */
export function isSuperseded({ dryRun, startable, state }: ImportStatus): boolean {
  return dryRun && !startable && state === 'completed';
}

/** How an import is, in a word. */
export function lookOf(status: ImportStatus): { word: string; tone: Tone } {
  const { states } = strings;
  const { state, dryRun, startable } = status;
  if (state === 'failed') return { word: states.failed, tone: 'bad' };
  if (state === 'cancelled') return { word: states.cancelled, tone: 'quiet' };
  if (isOpen(status)) return { word: dryRun ? states.looking : states[state as 'waiting' | 'active'], tone: 'busy' };
  if (!dryRun) return { word: states.completed, tone: 'good' };
  return startable ? { word: states.ready, tone: 'warning' } : { word: states.looked, tone: 'quiet' };
}
