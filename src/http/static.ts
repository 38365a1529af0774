import fs from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { packageRoot } from '../lib/package-root.ts';

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Postrider</title>
<body><h1>The dashboard is not built</h1><p>Run <code>npm run build</code> and start again. The API works: see <a href="/api/docs">/api/docs</a>.</p></body></html>`;

/** The dashboard: files with a hash in their name for a year, everything else through index.html, which picks the page. */
export async function serveDashboard(
  app: FastifyInstance,
  webDir = path.join(packageRoot(), 'web', 'dist'),
): Promise<void> {
  if (!fs.existsSync(path.join(webDir, 'index.html'))) {
    app.get('/*', { schema: { hide: true } }, (_request, reply) =>
      reply.type('text/html; charset=utf-8').send(NOT_BUILT),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: webDir,
    wildcard: false,
    index: false,
    cacheControl: false,
    setHeaders: (response, file) => {
      const hashed = file.startsWith(path.join(webDir, 'assets') + path.sep);
      response.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
    schemaHide: true,
  });
  app.get('/*', { schema: { hide: true } }, (request, reply) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    // A file that is not there is an error, not a page: a stale tab would otherwise run HTML as a script.
    if (pathname.startsWith('/assets/') || pathname.startsWith('/api/')) return reply.callNotFound();
    return reply.sendFile('index.html');
  });
}
