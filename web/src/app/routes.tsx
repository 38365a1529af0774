import { lazy } from 'react';
import { Route, Routes } from 'react-router';
import { CampaignsPage } from '../features/campaigns/components/campaigns-page.tsx';
import { LoginPage } from '../features/session/components/login-page.tsx';
import { NotFoundPage } from './not-found-page.tsx';
import { SessionGate } from './session-gate.tsx';

// Pages come when they are opened. The list of campaigns comes with the program: it is opened most.
const CampaignPage = lazy(async () => ({
  default: (await import('./campaign-with-accounts.tsx')).CampaignWithAccounts,
}));
const MailboxPage = lazy(async () => ({
  default: (await import('../features/mailbox/components/mailbox-page.tsx')).MailboxPage,
}));

/** Which page stands behind which address. Places of the rail are in places.ts. */
export function AppRoutes() {
  return (
    <Routes>
      <Route path="/login" element={<LoginPage />} />
      <Route element={<SessionGate />}>
        <Route path="/" element={<CampaignsPage />} />
        <Route path="/campaigns" element={<CampaignsPage />} />
        <Route path="/campaigns/:id" element={<CampaignPage />} />
        <Route path="/mailbox/:id?" element={<MailboxPage />} />
        <Route path="*" element={<NotFoundPage />} />
      </Route>
    </Routes>
  );
}
