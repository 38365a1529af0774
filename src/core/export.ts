// STUB by the lead so that the program builds; to be overwritten.
import { Readable } from 'node:stream';
export function exportList(_core: unknown, _caller: unknown, _list: { listName: string }): Readable { throw new Error('stub'); }
