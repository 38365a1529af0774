// STUB by the lead so that the program builds; to be overwritten by the importer.
export async function startImportFromFile(_core: unknown, _caller: unknown, _source: unknown): Promise<{ importId: string }> { throw new Error('stub'); }
export async function getImport(_core: unknown, _caller: unknown, _id: string): Promise<{ state: string; total: number; error: string | null; listId: string | null; counts: { inserted: number; updated: number; skipped: number; invalid: number; duplicate: number } }> { throw new Error('stub'); }
