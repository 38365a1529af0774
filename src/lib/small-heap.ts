import v8 from 'node:v8';
import vm from 'node:vm';

/**
 * How much a heap grows, in percent of what lives in it, before V8 looks for what can go. By itself it lets it grow to four
 * times that on a machine with memory to spare: 400 MB for an import whose rows of the moment are 60 MB.
 */
const GROWING_PERCENT = 50;
const AS_V8_LIKES = 0;

let holders = 0;

/**
 * While `work` goes on the heap is kept small, at the price of more collections: right for work that makes much and keeps
 * little, and waits for a database meanwhile; a fifth more CPU for sending at full rate.
 */
export async function withSmallHeap<T>(work: () => Promise<T>): Promise<T> {
  if (holders++ === 0) {
    setGrowing(GROWING_PERCENT);
    collect();
  }
  try {
    return await work();
  } finally {
    if (--holders === 0) setGrowing(AS_V8_LIKES);
  }
}

/** What a heap may grow to is reckoned when it is cleaned up: without this the first of the work would still have the old bounds. */
function collect(): void {
  v8.setFlagsFromString('--expose-gc');
  const gc: unknown = vm.runInNewContext('gc');
  if (typeof gc === 'function') gc();
}

function setGrowing(percent: number): void {
  v8.setFlagsFromString(`--heap-growing-percent=${percent}`);
}
