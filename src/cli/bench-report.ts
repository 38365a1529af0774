import type { ContactsBench } from '../../bench/contacts.ts';
import { type DkimResult, LEAST_OF_OPENSSL } from '../../bench/dkim.ts';
import type { Emails } from '../../bench/emails.ts';
import type { Endurance } from '../../bench/endurance.ts';
import { type ImportRate, STEP_NAMES } from '../../bench/import-rate.ts';
import type { LatencyResult } from '../../bench/latency.ts';
import { MONITORING_WITHIN, type Overhead, QUEUES_WITHIN } from '../../bench/overhead.ts';
import type { PairedRatios } from '../../bench/paired-ratios.ts';
import type { Scaling } from '../../bench/scaling.ts';
import type { Shares } from '../../bench/shares.ts';
import type { Throughput } from '../../bench/throughput.ts';
import { type TokenBench, WITHIN_SECONDS } from '../../bench/tokens.ts';
import type { TrackingBench } from '../../bench/tracking.ts';
import { number } from './progress-bar.ts';

export function printThroughput({ sink, connections, contenders }: Throughput): void {
  const ours = contenders[0]?.median ?? 1;
  console.log(`${sink}, ${connections} connections, ledger and sink on this machine; medians:`);
  for (const { name, median, cpuMicroseconds, perSecond } of contenders) {
    const ratio = (ours / median).toFixed(2);
    const cpu = cpuMicroseconds === null ? '' : `  ${number(cpuMicroseconds)} µs CPU each`;
    console.log(
      `${name.padEnd(28)} ${number(median).padStart(8)} messages/s  ours is ${ratio} ×  (${perSecond.map(number).join(', ')})${cpu}`,
    );
  }
}

export function printLatency(result: LatencyResult): void {
  const { roundTripMs, ours, nodemailer, ofOnePerRoundTrip, timesNodemailer } = result;
  console.log(`${roundTripMs} ms round trip, messages a second and connection:`);
  console.log(`postrider   ${ours.toFixed(1)}  (${ofOnePerRoundTrip.toFixed(2)} of one per round trip)`);
  if (nodemailer !== null && timesNodemailer !== null)
    console.log(`nodemailer  ${nodemailer.toFixed(1)}  (ours is ${timesNodemailer.toFixed(2)} ×)`);
}

export function printEndurance(result: Endurance): void {
  console.log(`${number(result.recipients)} recipients at ${number(result.perSecond)} messages/s`);
  console.log(`by tenths: ${result.tenths.map(number).join(', ')}; the last is ${result.lastToFirst} of the first`);
  console.log(`most memory of one process: ${number(result.peakMemoryMb)} MB (${result.peakMemoryOf})`);
}

export function printImportRate(result: ImportRate): void {
  const { rows, fileMb, oursToScript, againToOurs, peakMb, peakOf, sending } = result;
  console.log(`${number(rows)} rows of six columns, ${number(fileMb)} MB; seconds:`);
  const line = (step: keyof typeof STEP_NAMES, more: string) =>
    console.log(`${STEP_NAMES[step].padEnd(30)} ${result[step].map((taken) => taken.toFixed(1)).join(', ')}  ${more}`);
  line('script', '');
  line('ours', `${oursToScript.toFixed(2)} of the script`);
  line('again', `${againToOurs.toFixed(2)} of the first import`);
  console.log(`most memory of one process: ${number(peakMb)} MB (${peakOf})`);
  if (sending === null) return;
  const rates = (name: string, all: readonly number[]) =>
    console.log(`${name.padEnd(30)} ${all.map(number).join(', ')}`);
  rates('messages/s alone', sending.alone);
  rates('messages/s beside an import', sending.beside);
  console.log(`left of the rate: ${sending.share.toFixed(2)}`);
}

export function printContacts({ contacts, fillSeconds, databaseMb, times }: ContactsBench): void {
  console.log(
    `${number(contacts)} contacts, ${number(databaseMb)} MB, filled in ${number(fillSeconds)} s; milliseconds:`,
  );
  console.log(`${''.padEnd(36)}${['p50', 'p95', 'max', 'found'].map((name) => name.padStart(9)).join('')}`);
  for (const { name, p50, p95, max, found } of times) {
    const figures = [p50, p95, max].map((value) => value.toFixed(1).padStart(9)).join('');
    console.log(`${name.padEnd(36)}${figures}${number(found).padStart(9)}`);
  }
}

export function printScaling(result: Scaling): void {
  const { recipients, sent, min, max, secondsToMax, secondsToDone, secondsToMin, moments } = result;
  const after = (seconds: number | null) => (seconds === null ? 'never' : `after ${seconds} s`);
  const most = Math.max(...moments.map((moment) => moment.emailsPerSecond));
  console.log(`${number(sent)} of ${number(recipients)} sent, at most ${number(most)} emails/s over ten seconds`);
  console.log(
    `${max} workers ${after(secondsToMax)}, all sent ${after(secondsToDone)}, back at ${min} ${after(secondsToMin)}`,
  );
}

export function printShares({ recipients, campaigns, measured, isEven, sixth, urgent }: Shares): void {
  const seconds = (value: number) => `${value.toFixed(1)} s`;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const row = (name: string, { launched, began, ended }: Shares['sixth'] | Shares['campaigns'][number], more: string) =>
    console.log(
      `${name.padEnd(9)}${[launched, began, ended].map((value) => seconds(value).padStart(9)).join('')}  ${more}`,
    );
  console.log(`five campaigns of ${number(recipients)} at once, one worker`);
  console.log(`${'campaign'.padEnd(9)}${['launched', 'began', 'ended'].map((name) => name.padStart(9)).join('')}`);
  for (const [i, campaign] of campaigns.entries()) row(String(i + 1), campaign, percent(campaign.share));
  row('sixth', sixth, sixth.waited ? 'waited until one of the five had ended' : 'DID NOT WAIT for one of the five');
  row('urgent', urgent, `${urgent.overtook ? 'overtook all' : 'DID NOT OVERTAKE'}; ${percent(urgent.share)} meanwhile`);
  const { from, to, perSecond } = measured;
  console.log(`shares from ${seconds(from)} to ${seconds(to)} at ${number(perSecond)} messages/s together:`);
  console.log(isEven ? 'each 20 % ± 3' : 'NOT each 20 % ± 3');
}

export function printEmails({ clients, posted, quiet, besideCampaign }: Emails): void {
  console.log(`single emails, ${clients} clients:`);
  for (const { kind, perSecond, p50, p95, sentPerSecond } of posted)
    console.log(
      `${kind.padEnd(42)}${number(perSecond).padStart(6)}/s accepted, p50 ${p50} ms, p95 ${p95} ms; ${number(sentPerSecond)}/s sent`,
    );
  const row = (words: string, { p50, p95, most }: Emails['quiet']) =>
    console.log(`${words.padEnd(42)}p50 ${p50} ms, p95 ${p95} ms, at most ${most} ms`);
  console.log('one after the other, from the request to the mail server:');
  row('nothing else to do', quiet);
  row(`beside a campaign at ${number(besideCampaign.campaignPerSecond)}/s`, besideCampaign);
}

export function printDkim(result: DkimResult): void {
  const { sink, connections, messages, signaturesPerSecond, signed, unsigned, ratios, isEnough } = result;
  const whole = (rate: number) => number(Math.round(rate)).padStart(8);
  console.log(
    `${sink}, ${connections} connections, campaigns of ${number(messages)}; medians of ${ratios.length} rounds:`,
  );
  console.log(`openssl speed rsa2048, one core ${whole(signaturesPerSecond)} signatures/s`);
  console.log(`signed with RSA-2048            ${whole(signed)} messages/s`);
  console.log(`not signed                      ${whole(unsigned)} messages/s`);
  const each = ratios.map((ratio) => ratio.toFixed(2)).join(', ');
  const verdict = isEnough ? 'at least' : 'LESS THAN';
  console.log(`signed / openssl ${result.median.toFixed(2)}  (${each})  ${verdict} ${LEAST_OF_OPENSSL}`);
}

export function printTokens({ forged, microsecondsPerCopy, isWithin }: TokenBench): void {
  for (const { name, forged: count, seconds, accepted } of forged) {
    const each = ((seconds * 1e6) / count).toFixed(1);
    console.log(
      `${`${number(count)} forged: ${name}`.padEnd(30)}${(seconds * 1000).toFixed(1).padStart(8)} ms  (${each} µs each), ${accepted} accepted`,
    );
  }
  console.log(isWithin ? `each within ${WITHIN_SECONDS} s` : `NOT each within ${WITHIN_SECONDS} s, or accepted`);
  const { untracked, tracked } = microsecondsPerCopy;
  console.log(`tokens of a copy: ${untracked.toFixed(2)} µs; with ten links and the picture ${tracked.toFixed(2)} µs`);
}

export function printTracking({ sink, messages, connections, links, tracked }: TrackingBench): void {
  const { median, lowest, highest, ratios, first, second } = tracked;
  console.log(`${sink}, ${connections} connections, campaigns of ${number(messages)}, ${links} links a message:`);
  console.log(
    `followed / not followed ${median.toFixed(3)}  (${lowest.toFixed(2)} to ${highest.toFixed(2)} in ${ratios.length} pairs; ${number(Math.round(first))} and ${number(Math.round(second))} messages/s)`,
  );
}

export function printOverhead({ sink, messages, connections, postgresToRedis, monitoring }: Overhead): void {
  console.log(`${sink}, ${connections} connections, campaigns of ${number(messages)}; medians of neighbouring pairs:`);
  if (postgresToRedis) printRatio('queues on PostgreSQL / on Redis', postgresToRedis, QUEUES_WITHIN);
  else console.log('queues on Redis: left out, redis-server is not installed');
  printRatio('MONITORING=true / false', monitoring, MONITORING_WITHIN);
}

function printRatio(name: string, ratios: PairedRatios & { readonly isWithin: boolean }, within: number): void {
  const { median, lowest, highest, first, second } = ratios;
  const spread = `${lowest.toFixed(2)} to ${highest.toFixed(2)} in ${ratios.ratios.length} pairs`;
  const verdict = `${ratios.isWithin ? 'within' : 'NOT WITHIN'} ${Math.round(within * 100)} %`;
  console.log(
    `${name.padEnd(32)}${median.toFixed(3)}  (${spread}; ${number(Math.round(first))} and ${number(Math.round(second))} messages/s)  ${verdict}`,
  );
}
