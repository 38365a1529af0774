import { ApiError, upload } from '../../lib/api.ts';

/** A file on its way to the server. */
export interface Upload {
  readonly file: File;
  /** 0 to 1 */
  readonly share: number;
  /** Bytes a second. */
  readonly rate: number;
  readonly error: ApiError | null;
  /** Once it has arrived: what looks at it. */
  readonly importId: string | null;
}

/** The upload of this browser tab: it goes on when its page is left, and is found there again. */
class UploadStore {
  #upload: Upload | null = null;
  #abort: AbortController | null = null;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly current = () => this.#upload;

  /** As a dry run: nothing is imported. `mapping` names the column of addresses where none was recognised. */
  start(file: File, mapping?: Readonly<Record<string, string>>): void {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    const body = new FormData();
    body.set('dryRun', 'true');
    if (mapping) body.set('mapping', JSON.stringify(mapping));
    body.set('file', file);
    const startedAt = performance.now();
    this.#set({ file, share: 0, rate: 0, error: null, importId: null });
    upload<{ importId: string }>({
      path: '/api/queue/leads/import',
      body,
      signal: abort.signal,
      onProgress: (share) => {
        const seconds = (performance.now() - startedAt) / 1000;
        this.#change({ share, rate: seconds > 0 ? (share * file.size) / seconds : 0 });
      },
    }).then(
      ({ importId }) => this.#change({ importId }),
      (error: unknown) => {
        if (!abort.signal.aborted && error instanceof ApiError) this.#change({ error });
      },
    );
  }

  /** Forgets the upload, and stops it where it is under way. */
  clear(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.#set(null);
  }

  #change(part: Partial<Upload>): void {
    if (this.#upload) this.#set({ ...this.#upload, ...part });
  }

  #set(changed: Upload | null): void {
    this.#upload = changed;
    for (const listener of this.#listeners) listener();
  }
}

export const uploads = new UploadStore();
