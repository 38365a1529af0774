// Looks for inputs that break the SMTP client or the message compiler, longer than the suite does:
//   npm run fuzz -- --seconds 300              300 seconds for each of the two
//   npm run fuzz -- --seconds 60 --only smtp   or --only compiler
//   npm run fuzz -- --seed 42                  the same cases again, from the first on
// Prints how far each property is, and for a failure its seed, path and smallest case: save seed and path in the `saved`
// list of that property, and the suite replays them from then on.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';

const GROUPS = {
  smtp: ['src/mail/smtp/hostile-server.test.ts', 'src/mail/smtp/hostile-tls.test.ts'],
  compiler: ['src/mail/compile.property.test.ts', 'src/mail/compile.parts.property.test.ts'],
};

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, only: { type: 'string' }, seed: { type: 'string' } },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
if (!(seconds > 0)) fail('--seconds takes a number above 0');
if (!Number.isInteger(seed)) fail('--seed takes a whole number');
if (values.only !== undefined && !Object.hasOwn(GROUPS, values.only)) {
  fail(`--only takes ${Object.keys(GROUPS).join(' or ')}`);
}

const root = path.join(import.meta.dirname, '..');
const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
const names = values.only === undefined ? Object.keys(GROUPS) : [values.only];
const failed = names.filter((name) => !run(name));
console.log(failed.length === 0 ? 'fuzz: no failure' : `fuzz: failures in ${failed.join(' and ')}, see above`);
process.exitCode = failed.length === 0 ? 0 : 1;

function run(name) {
  console.log(`fuzz: ${name}, ${seconds} s from seed ${seed}`);
  const args = ['run', '--no-file-parallelism', '--disable-console-intercept=true', ...GROUPS[name]];
  const { status } = spawnSync(process.execPath, [vitest, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, FUZZ_SECONDS: String(seconds), FUZZ_SEED: String(seed), TEST_SKIP_BUILD: '1' },
  });
  return status === 0;
}

function fail(message) {
  console.error(`fuzz: ${message}`);
  process.exit(2);
}
