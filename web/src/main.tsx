import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './app/mantine.css';
import './app/tokens.css';
import './app/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { loadTranslation } from './app/load-translation.ts';
import { makeQueryClient } from './app/query-client.ts';
import { preferredLanguage, setLanguage } from './lib/i18n.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has lost its root element');
// Words that cannot be fetched are shown in English.
await setLanguage(preferredLanguage(), loadTranslation).catch(() => {});
createRoot(root).render(
  <StrictMode>
    <App client={makeQueryClient()} />
  </StrictMode>,
);
