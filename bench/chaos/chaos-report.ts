import type { ChaosReport } from './chaos-options.ts';
import { faultWords } from './fault.ts';

/** The report for people: what was done, and each promise with its figures. */
export function printReport(report: ChaosReport): void {
  console.log(
    `\n${report.recipients} recipients, ${report.faults.length} faults, seed ${report.seed}, ${report.seconds.toFixed(0)} s\n`,
  );
  console.log('  no  after     from      for  hits  unknown allowed  fault');
  const first = report.faults[0]?.from ?? 0;
  for (const { fault, from, to, kept, hits, unknownAllowed } of report.faults) {
    const columns = [
      String(fault.no).padStart(4),
      String(kept).padStart(6),
      `${((from - first) / 1000).toFixed(1)} s`.padStart(8),
      `${((to - from) / 1000).toFixed(1)} s`.padStart(8),
      String(hits ?? '').padStart(5),
      String(unknownAllowed.connections + unknownAllowed.workers).padStart(16),
    ];
    console.log(`${columns.join(' ')}  ${faultWords(fault)}`);
  }
  for (const fault of report.notInjected)
    console.log(`${String(fault.no).padStart(4)}  not injected, the campaign had ended: ${faultWords(fault)}`);
  console.log('');
  for (const { promise, words, held, figures } of report.verdicts)
    console.log(`${held ? 'held  ' : 'BROKEN'}  ${promise}. ${words}: ${figures}`);
  for (const words of report.ownEnds) console.log(`BROKEN  ${words}`);
  printEvidence(report);
}

const EVIDENCE_LINES = 20;
/** JSON has all of it. */
const LOG_CHARACTERS = 10_000;

function printEvidence(report: ChaosReport): void {
  const broken = report.verdicts.filter(({ held }) => !held);
  for (const { promise, evidence } of broken) {
    console.log(`\nAgainst promise ${promise}:`);
    for (const line of evidence.slice(0, EVIDENCE_LINES)) console.log(`  ${line}`);
    if (evidence.length > EVIDENCE_LINES) console.log(`  and ${evidence.length - EVIDENCE_LINES} more`);
  }
  for (const entry of report.evidence) console.log(JSON.stringify(entry));
  if (report.log !== null) console.log(`\n${report.log.slice(-LOG_CHARACTERS)}`);
}
