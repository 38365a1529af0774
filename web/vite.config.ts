import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = 'http://127.0.0.1:3000';

export default defineConfig(({ command }) => {
  // A test run builds the dashboard too, and its NODE_ENV would put React's development build into the bundle.
  if (command === 'build') process.env.NODE_ENV = 'production';
  return {
    plugins: [react()],
    build: {
      outDir: 'dist',
      emptyOutDir: true,
      target: 'es2023',
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 800,
    },
    server: { port: 5173, proxy: { '/api': server, '/u': server, '/health': server } },
  };
});
