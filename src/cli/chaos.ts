import path from 'node:path';
import { Command } from 'commander';
import { runChaos } from '../../bench/chaos.ts';
import { UNKNOWN_PER_CONNECTION } from '../engine/lane.ts';
import { packageRoot } from '../lib/package-root.ts';
import { EXIT } from './exit-codes.ts';
import { number } from './progress-bar.ts';

export function chaosCommand(): Command {
  return new Command('chaos')
    .description(
      'prove the promises: a campaign on this machine while its process tree is killed with -9 again and again',
    )
    .option('--recipients <n>', 'size of the campaign', '20000')
    .option('--kills <n>', 'how often everything is killed', '10')
    .option('--connections <n>', 'SMTP connections', '10')
    .option('--json', 'print the report as JSON')
    .action(async (flags: { recipients: string; kills: string; connections: string; json?: boolean }) => {
      const connections = Number(flags.connections);
      const report = await runChaos({
        recipients: Number(flags.recipients),
        kills: Number(flags.kills),
        connections,
        unknownPerKill: connections * UNKNOWN_PER_CONNECTION,
        program: [process.execPath, path.join(packageRoot(), 'dist/cli.mjs')],
        environment: { PATH: process.env.PATH, HOME: process.env.HOME },
        onStep: (line) => console.error(line),
      });
      if (flags.json) console.log(JSON.stringify(report));
      else {
        const { counts } = report;
        console.log(`${number(report.recipients)} recipients, ${report.kills} kills, ${report.seconds.toFixed(0)} s`);
        console.log(
          `sent ${number(counts.sent)}, unknown ${counts.unknown} (allowed ${report.unknownAllowed}), failed ${counts.failed}`,
        );
        console.log(
          `second copies ${report.duplicates}, lost ${report.lost}, called sent without a copy ${report.sentWithoutCopy}`,
        );
        console.log(report.broken.length === 0 ? 'Every promise held.' : `Broken: ${report.broken.join('; ')}`);
      }
      if (report.broken.length > 0) process.exitCode = EXIT.someNotSent;
    });
}
