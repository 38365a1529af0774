export async function runImport(_core: unknown, _importId: string): Promise<void> {}
