import { MantineProvider } from '@mantine/core';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { BrowserRouter, Route, Routes } from 'react-router';
import { CampaignsPage } from '../features/campaigns/components/campaigns-page.tsx';
import { MailboxPage } from '../features/mailbox/components/mailbox-page.tsx';
import { LoginPage } from '../features/session/components/login-page.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { CampaignWithAccounts, NotFoundPage } from './pages.tsx';
import { SessionGate } from './session-gate.tsx';
import { cssVariables, theme } from './theme.ts';

export function App({ client }: { client: QueryClient }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <ErrorBoundary>
        <QueryClientProvider client={client}>
          <BrowserRouter>
            <Routes>
              <Route path="/login" element={<LoginPage />} />
              <Route element={<SessionGate />}>
                <Route path="/" element={<CampaignsPage />} />
                <Route path="/campaigns/:id" element={<CampaignWithAccounts />} />
                <Route path="/mailbox/:id?" element={<MailboxPage />} />
                <Route path="*" element={<NotFoundPage />} />
              </Route>
            </Routes>
          </BrowserRouter>
        </QueryClientProvider>
      </ErrorBoundary>
    </MantineProvider>
  );
}
