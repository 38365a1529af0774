import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { freshDatabase, testDatabase, truncateAll } from './database.ts';
import { databaseUrl } from './database-url.ts';

describe('the database of a test file', () => {
  it('is one clone of the migrated template, reached by its address', async () => {
    const database = await testDatabase();
    expect(await testDatabase()).toBe(database);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query(
      `select current_database() as name, to_regclass('schema_migrations')::text as migrations`,
    );
    await client.end();
    expect(rows).toEqual([{ name: database.name, migrations: 'schema_migrations' }]);
  });

  it('is emptied except for the list of migrations', async () => {
    const { pool } = await testDatabase();
    await pool.query('create table parent (id int generated always as identity primary key)');
    await pool.query('create table child (parent_id int references parent)');
    const count = async (table: string) => (await pool.query(`select count(*)::int as n from ${table}`)).rows[0].n;
    const migrations = await count('schema_migrations');
    await pool.query('insert into parent default values');
    await pool.query('insert into child values (1)');
    await truncateAll();
    await truncateAll();
    expect(await Promise.all(['parent', 'child', 'schema_migrations'].map(count))).toEqual([0, 0, migrations]);
    expect((await pool.query('insert into parent default values returning id')).rows).toEqual([{ id: 1 }]);
  });

  it('does not see what happens in a fresh one, and several are made at once', async () => {
    const fresh = await Promise.all([freshDatabase(), freshDatabase(), freshDatabase()]);
    await fresh[0]!.pool.query('create table only_here (n int)');
    const { rows } = await fresh[1]!.pool.query(`select to_regclass('only_here') as found`);
    expect(rows).toEqual([{ found: null }]);
    expect(new Set(fresh.map(({ name }) => name)).size).toBe(3);
  });
});

describe('an address', () => {
  it.each([
    ['postgresql://u:p@/postgres?host=%2Frun%2Fx&port=5432', 'postgresql://u:p@/mine?host=%2Frun%2Fx&port=5432'],
    ['postgres://u:p@db.example:5433/app?sslmode=require', 'postgres://u:p@db.example:5433/mine?sslmode=require'],
    ['postgres://u@localhost', 'postgres://u@localhost/mine'],
  ])('%s leads to another database', (from, to) => {
    expect(databaseUrl(from, 'mine')).toBe(to);
  });
});
