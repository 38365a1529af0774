// Writes src/db/schema.generated.ts from a database that has every migration: DATABASE_URL=… node scripts/generate-db-types.mjs
import { spawnSync } from 'node:child_process';

const args = [
  '--dialect',
  'postgres',
  '--camel-case',
  '--type-only-imports',
  '--out-file',
  'src/db/schema.generated.ts',
];
args.push('--type-mapping', '{"int8":"number"}', '--exclude-pattern', '{schema_migrations,bullmq.*}');
process.exit(spawnSync('node_modules/.bin/kysely-codegen', args, { stdio: 'inherit' }).status ?? 1);
