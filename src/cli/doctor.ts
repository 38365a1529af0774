import { Command } from 'commander';
import { runChecks } from '../core/doctor.ts';
import { AppError, messageOf } from '../errors.ts';
import { EXIT } from './exit-codes.ts';
import { withPostrider } from './run.ts';

const MARKS = { ok: '✓', warning: '△', problem: '✗' } as const;

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check configuration, database and sending accounts, with a remedy for each finding')
    .action(async () => {
      try {
        const problems = await withPostrider(
          { start: {}, defaults: { SANDBOX: 'false', LOG_LEVEL: 'error' } },
          async (postrider) => {
            const findings = await runChecks(postrider.core, postrider.workspaceId);
            console.log(`${MARKS.ok} Configuration: no problem found`);
            for (const { level, subject, message, remedy } of findings) {
              console.log(`${MARKS[level]} ${subject}: ${message}`);
              if (remedy) console.log(`    ${remedy}`);
            }
            return findings.filter((finding) => finding.level === 'problem').length;
          },
        );
        if (problems > 0) process.exitCode = EXIT.someNotSent;
      } catch (error) {
        console.log(
          `${MARKS.problem} ${error instanceof AppError && error.code === 'CONFIG_INVALID' ? 'Configuration' : 'Start-up'}: ${messageOf(error)}`,
        );
        process.exitCode = EXIT.nothingStarted;
      }
    });
}
