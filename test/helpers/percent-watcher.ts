import http from 'node:http';
import type { Operation } from '../../src/contract/queue.ts';

/** A subscriber of one API node's event stream, that notes every whole percentage of one campaign. */
export class PercentWatcher {
  readonly #request: http.ClientRequest;
  readonly #seen = new Map<string, Set<number>>();
  #watched = '';
  events = 0;

  static async open(url: string, apiKey: string): Promise<PercentWatcher> {
    const request = http.get(`${url}/api/queue/progress/stream`, { headers: { authorization: `Bearer ${apiKey}` } });
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.once('error', reject);
    });
    if (response.statusCode !== 200) throw new Error(`The stream answered ${response.statusCode}`);
    return new PercentWatcher(request, response);
  }

  private constructor(request: http.ClientRequest, response: http.IncomingMessage) {
    this.#request = request;
    request.on('error', () => {});
    let rest = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) this.#read(part);
    });
    response.on('error', () => {});
  }

  /** Which campaign it is about; what was heard of it before counts. */
  watch(campaignId: string): void {
    this.#watched = campaignId;
  }

  /** Whole percentages that were not seen. */
  get missing(): number[] {
    const seen = this.#seen.get(this.#watched) ?? new Set();
    return Array.from({ length: 101 }, (_, percent) => percent).filter((percent) => !seen.has(percent));
  }

  close(): void {
    this.#request.destroy();
  }

  #read(event: string): void {
    const data = /^data: (.*)$/m.exec(event)?.[1];
    if (data === undefined) return;
    const told = JSON.parse(data) as Operation | { items: Operation[] };
    for (const operation of 'items' in told ? told.items : [told]) {
      this.events++;
      const seen = this.#seen.get(operation.id) ?? new Set<number>();
      this.#seen.set(operation.id, seen.add(Math.floor(operation.progress)));
    }
  }
}
