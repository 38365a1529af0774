import type { Endurance } from '../../bench/endurance.ts';
import type { LatencyResult } from '../../bench/latency.ts';
import type { Throughput } from '../../bench/throughput.ts';
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
