// Scores the reader of returned mail against a folder of real messages with an expected.json beside them.
//   node scripts/score-returns.mjs FOLDER [--set=write,second,last] [--wrong] [--replies]
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const [folder = '', ...flags] = process.argv.slice(2);
const built = await build({
  entryPoints: ['src/mail/returns/read-return.ts'],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
});
const { readReturn } = await import(
  `data:text/javascript;base64,${Buffer.from(built.outputFiles[0].text).toString('base64')}`
);
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
const number = (file) => BigInt(`0x${createHash('sha1').update(file).digest('hex')}`);
/** `write` two thirds, `second` and `last` a sixth each. */
const set = (file) => (number(file) % 3n !== 0n ? 'write' : number(file) % 2n === 0n ? 'second' : 'last');
const only = flags
  .find((flag) => flag.startsWith('--set='))
  ?.slice(6)
  .split(',');

const score = {
  files: 0,
  entries: 0,
  judged: 0,
  recipient: 0,
  hard: 0,
  statuses: 0,
  status: 0,
  digit: 0,
  reply: 0,
  kind: 0,
  strict: 0,
};
for (const file of readdirSync(folder)
  .filter((name) => name.endsWith('.eml'))
  .sort()) {
  if (only !== undefined && !only.includes(set(file))) continue;
  score.files++;
  const found = readReturn(readFileSync(join(folder, file))).recipients;
  const wanted = file.startsWith('not-a-bounce') ? [{ kind: 'other' }] : expected[file];
  const wrong = [];
  for (const [at, want] of wanted.entries()) {
    const got = found[at] ?? { kind: 'missing', status: null, reply: null, hard: null, recipient: null };
    const kinds = want.kind
      ? [want.kind]
      : ({ feedback: ['complaint'], vacation: ['auto-reply'], delivered: ['delivered'] }[want.reason] ?? [
          'bounce',
          'delayed',
        ]);
    score.entries++;
    if (kinds.includes(got.kind)) score.kind++;
    else wrong.push(`kind ${got.kind}`);
    if (want.kind) continue;
    score.judged++;
    if (got.recipient) score.recipient++;
    else wrong.push('no recipient');
    if (got.hard === want.hard) score.hard++;
    else wrong.push(`hard ${got.hard}`);
    if (String(got.reply ?? '') === want.reply) score.reply++;
    else if (flags.includes('--replies')) wrong.push(`reply ${got.reply}`);
    if ((got.status ?? '') === want.status) score.strict++;
    const pseudo = /^\d\.0\.9\d\d$/.test(want.status);
    if (pseudo) {
      if (got.status?.[0] === want.status[0]) score.digit++;
      else wrong.push(`digit ${got.status}`);
    } else {
      score.statuses++;
      if ((got.status ?? '') === want.status) score.status++;
      else wrong.push(`status ${got.status}`);
    }
  }
  if (found.length !== wanted.length) wrong.push(`${found.length} recipients for ${wanted.length}`);
  if (wrong.length > 0 && flags.includes('--wrong')) {
    console.log(
      file,
      '| want',
      wanted.map((w) => `${w.status},${w.reply},${w.reason},${w.hard}`).join(' / '),
      '|',
      wrong.join('; '),
    );
    for (const one of found)
      console.log(
        '    ',
        one.kind,
        one.recipient,
        one.status,
        one.reply,
        one.class,
        one.hard,
        '|',
        one.response?.slice(0, 140),
      );
  }
}
const share = (n, of) => `${n}/${of} (${((100 * n) / Math.max(of, 1)).toFixed(1)} %)`;
console.log(
  JSON.stringify(
    {
      files: score.files,
      entries: score.entries,
      kind: share(score.kind, score.entries),
      recipient: share(score.recipient, score.judged),
      hard: share(score.hard, score.judged),
      reply: share(score.reply, score.judged),
      statusWhereReal: share(score.status, score.statuses),
      firstDigitWherePseudo: share(score.digit, score.judged - score.statuses),
      statusLiteral: share(score.strict, score.judged),
    },
    null,
    1,
  ),
);
