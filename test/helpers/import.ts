import fs from 'node:fs';
import path from 'node:path';
import type { ImportMode, ImportReject, ImportStatus } from '../../src/contract/imports.ts';
import { listImportRejects } from '../../src/core/import-rejects.ts';
import { runImport } from '../../src/core/import-run.ts';
import { getImport, startImportFromFile } from '../../src/core/imports.ts';
import type { TestCore } from './core.ts';

export interface ImportOptions {
  readonly mode?: ImportMode;
  readonly listName?: string;
  readonly dryRun?: boolean;
  readonly consent?: string;
  readonly mapping?: Readonly<Record<string, string | null>>;
  /** Of the file; its ending says what it is. */
  readonly name?: string;
}

/** Imports text in one process with the test, and looks at what became of it. */
export class ImportBench {
  readonly test: TestCore;
  #files = 0;

  constructor(test: TestCore) {
    this.test = test;
  }

  write(content: string | Buffer, name = `file${++this.#files}.csv`): string {
    const file = path.join(this.test.core.dataDir, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
    return file;
  }

  async start(content: string | Buffer, options: ImportOptions = {}): Promise<{ importId: string }> {
    const { name, ...target } = options;
    return startImportFromFile(this.test.core, this.test.caller, { path: this.write(content, name), ...target });
  }

  async run(content: string | Buffer, options: ImportOptions = {}): Promise<ImportStatus> {
    const { importId } = await this.start(content, options);
    await runImport(this.test.core, importId);
    return this.status(importId);
  }

  status(importId: string): Promise<ImportStatus> {
    return getImport(this.test.core, this.test.caller, importId);
  }

  async rejects(importId: string): Promise<ImportReject[]> {
    return (await listImportRejects(this.test.core, this.test.caller, importId, { limit: 200 })).items;
  }

  async contact(emailKey: string) {
    const { rows } = await this.test.database.pool.query('select * from contacts where email_key = $1', [emailKey]);
    return rows[0];
  }

  async members(listName: string): Promise<Array<{ email_key: string; status: string }>> {
    const { rows } = await this.test.database.pool.query(
      `select c.email_key, s.status from list_subscriptions s join lists l on l.id = s.list_id
       join contacts c on c.id = s.contact_id where l.name = $1 order by 1`,
      [listName],
    );
    return rows;
  }
}
