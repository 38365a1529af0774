export async function listUnfinishedImports(_sql: unknown): Promise<Array<{ id: string }>> { return []; }
