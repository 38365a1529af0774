import { MantineProvider } from '@mantine/core';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { BrowserRouter } from 'react-router';
import { languageNow, onLanguageChange } from '../lib/i18n.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { AppRoutes } from './routes.tsx';
import { cssVariables, theme } from './theme.ts';

export function App({ client }: { client: QueryClient }) {
  const language = useSyncExternalStore(onLanguageChange, languageNow);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <ErrorBoundary>
        <QueryClientProvider client={client}>
          {/* Words are looked up while rendering: in another language everything is rendered anew. */}
          <BrowserRouter key={language}>
            <AppRoutes />
          </BrowserRouter>
        </QueryClientProvider>
      </ErrorBoundary>
    </MantineProvider>
  );
}
