// Development: rebuilds the server on every change and starts it anew; the dashboard runs under Vite with hot reload.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { context } from 'esbuild';
import { esbuildOptions, root } from './esbuild-options.mjs';

let server = null;

function restart() {
  const start = () => {
    server = spawn(process.execPath, [path.join(root, 'dist/cli.mjs'), 'start'], { stdio: 'inherit' });
    server.once('exit', () => {
      server = null;
    });
  };
  if (!server) return start();
  server.once('exit', start);
  server.kill('SIGTERM');
}

const watcher = await context({
  ...esbuildOptions,
  plugins: [{ name: 'restart', setup: (build) => build.onEnd((result) => result.errors.length === 0 && restart()) }],
});
await watcher.watch();

const vite = spawn(process.execPath, [path.join(root, 'node_modules/vite/bin/vite.js')], {
  cwd: path.join(root, 'web'),
  stdio: 'inherit',
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, async () => {
    vite.kill('SIGTERM');
    await watcher.dispose();
    if (server) {
      server.once('exit', () => process.exit(0));
      server.kill('SIGTERM');
    } else process.exit(0);
  });
}
