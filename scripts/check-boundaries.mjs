// Checks the layer boundaries, and then checks the checker: a planted violation must be reported, because
// dependency-cruiser silently sees nothing when it cannot load TypeScript.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

const PLANTED = 'src/lib/planted-violation.ts';
const cruise = (targets) =>
  spawnSync(
    process.execPath,
    [
      'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'err',
      ...targets,
    ],
    { encoding: 'utf8' },
  );

const real = cruise(['src', 'web/src', 'test', 'bench'].filter((dir) => fs.existsSync(dir)));
process.stdout.write(real.stdout);
process.stderr.write(real.stderr);
if (real.status !== 0) process.exit(1);

fs.writeFileSync(
  PLANTED,
  "import { movesInto } from '../domain/campaign-state.ts';\nexport const planted = movesInto;\n",
);
try {
  const planted = cruise([PLANTED]);
  if (planted.status === 0 || !planted.stdout.includes('layer-lib')) {
    console.error(
      'The boundary check did not report a planted violation: it checks nothing. Mend .dependency-cruiser.cjs.',
    );
    process.exit(1);
  }
} finally {
  fs.rmSync(PLANTED, { force: true });
}
console.log('layer boundaries hold, and a planted violation is reported');
