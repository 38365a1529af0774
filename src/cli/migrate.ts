import { Command } from 'commander';
import { applyMigrations, readConfig } from '../main.ts';

export function migrateCommand(): Command {
  return new Command('migrate').description('bring the database schema up to this release').action(async () => {
    const applied = await applyMigrations(readConfig(process.env));
    console.log(applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.join(', ')}.`);
  });
}
