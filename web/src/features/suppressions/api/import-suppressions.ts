import { useMutation } from '@tanstack/react-query';
import { upload } from '../../../lib/api.ts';

interface SuppressionFile {
  readonly file: Blob;
  readonly name: string;
  readonly reason?: string;
  readonly source?: string;
  /** Told the share that has arrived, 0 to 1. */
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
}

/** Sends a file of entries; a worker does the rest. */
export function useImportSuppressions() {
  return useMutation({
    mutationFn: ({ file, name, reason = '', source = '', onProgress, signal }: SuppressionFile) => {
      const body = new FormData();
      if (reason !== '') body.set('reason', reason);
      if (source !== '') body.set('source', source);
      body.set('file', file, name);
      return upload<{ importId: string }>({ path: '/api/suppressions/import', body, onProgress, signal });
    },
  });
}
