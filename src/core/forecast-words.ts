import type { Binding, Forecast } from '../domain/forecast.ts';
import { wallClockAt } from '../domain/time-zone.ts';

/** In whose time moments are told, and from when. */
export interface TellingClock {
  readonly now: number;
  readonly zone: string;
}

const DAY_MS = 86_400_000;
const MOST_BINDINGS = 5;

/** `16:40`, `16:40 tomorrow`, `16:40 on 2026-03-05`. */
function momentWords(at: number, { now, zone }: TellingClock): string {
  const wall = wallClockAt(zone, at);
  const days = Math.floor(wall / DAY_MS) - Math.floor(wallClockAt(zone, now) / DAY_MS);
  const [date, time] = new Date(wall).toISOString().split('T');
  const clock = time?.slice(0, 5) ?? '';
  if (days === 0) return clock;
  return days === 1 ? `${clock} tomorrow` : `${clock} on ${date}`;
}

export function wordsOfBinding(binding: Binding, name: string, clock: TellingClock): string {
  const whose = binding.accountId === null ? 'the campaign' : name;
  return `${whose} reaches its ${binding.limit} at ${momentWords(binding.from, clock)} and goes on at ${momentWords(binding.until, clock)}`;
}

export function forecastSentences(of: {
  readonly result: Forecast;
  readonly bindings: readonly Binding[];
  readonly remaining: number;
  readonly isEstimate: boolean;
  readonly nameOf: (accountId: string | null) => string;
  readonly clock: TellingClock;
}): string[] {
  const { result, bindings, remaining, isEstimate, nameOf, clock } = of;
  const accounts = plural(result.accounts.length, 'account');
  const head = `${accounts}, ${isEstimate ? 'about ' : ''}${plural(remaining, 'recipient')}`;
  if (result.finishesAt === null)
    return [
      result.accounts.length === 0
        ? `${head}: it waits until there is an account that is active.`
        : `${head}: not done within three years, as things are.`,
    ];
  const [first] = bindings;
  const done = `${head}: done ${momentWords(result.finishesAt, clock)} (${clock.zone})`;
  const more = bindings
    .slice(0, MOST_BINDINGS)
    .map((one) => `${capital(wordsOfBinding(one, nameOf(one.accountId), clock))}.`);
  const rest = bindings.length - more.length;
  return [
    first
      ? `${done}; ${first.accountId === null ? 'the campaign' : nameOf(first.accountId)} reaches its ${first.limit} at ${momentWords(first.from, clock)}.`
      : `${done}.`,
    ...more,
    ...(rest > 0 ? [`${rest} more limits are reached later.`] : []),
  ];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
