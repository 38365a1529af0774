import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** A feed on a loopback port that answers as the test says. */
export class FeedServer {
  readonly asked: http.IncomingHttpHeaders[] = [];
  answer: Answer = (_, response) => response.writeHead(404).end();
  readonly #server: http.Server;

  static async start(): Promise<FeedServer> {
    const feed = new FeedServer();
    feed.#server.listen(0, '127.0.0.1');
    await once(feed.#server, 'listening');
    return feed;
  }

  private constructor() {
    this.#server = http.createServer((request, response) => {
      this.asked.push(request.headers);
      this.answer(request, response);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/feed`;
  }

  /** Answers this, with an ETag of its own that is obeyed. */
  serve(body: string | Buffer, headers: http.OutgoingHttpHeaders = {}): void {
    const etag = `"${Buffer.from(body).toString('base64').slice(-40)}"`;
    this.answer = (request, response) => {
      if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
      else response.writeHead(200, { etag, ...headers }).end(body);
    };
  }

  /** RSS with posts of these numbers, the newest first. */
  serveRss(posts: readonly number[], more: (post: number) => string = () => ''): void {
    const items = posts.map(
      (n) =>
        `<item><guid>post-${n}</guid><title>Post ${n}</title><link>https://blog.test/${n}</link><description>About ${n}</description>${more(n)}</item>`,
    );
    this.serve(
      `<rss version="2.0"><channel><title>Blog</title><link>https://blog.test/</link>${items.join('')}</channel></rss>`,
    );
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
