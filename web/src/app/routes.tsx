import { lazy, Suspense } from 'react';
import { Outlet, Route, Routes } from 'react-router';
import { CampaignsPage } from '../features/campaigns/components/campaigns-page.tsx';
import { LoginPage } from '../features/session/components/login-page.tsx';
import { NotFoundPage } from './not-found-page.tsx';
import { SessionGate } from './session-gate.tsx';

// Pages come when they are opened. The list of campaigns comes with the program: it is opened most.
const CampaignPage = lazy(async () => ({
  default: (await import('./campaign-with-accounts.tsx')).CampaignWithAccounts,
}));
const NewCampaignPage = lazy(async () => ({
  default: (await import('../features/composer/components/new-campaign-page.tsx')).NewCampaignPage,
}));
const ComposerPage = lazy(async () => ({
  default: (await import('../features/composer/components/composer-page.tsx')).ComposerPage,
}));
const EmailsPage = lazy(async () => ({
  default: (await import('../features/emails/components/emails-page.tsx')).EmailsPage,
}));
const EmailPage = lazy(async () => ({ default: (await import('./email-with-accounts.tsx')).EmailWithAccounts }));
const TemplatesPage = lazy(async () => ({
  default: (await import('../features/templates/components/templates-page.tsx')).TemplatesPage,
}));
const TemplatePage = lazy(async () => ({
  default: (await import('../features/templates/components/template-page.tsx')).TemplatePage,
}));
const MailboxPage = lazy(async () => ({
  default: (await import('../features/mailbox/components/mailbox-page.tsx')).MailboxPage,
}));

const ContactsPage = lazy(async () => ({
  default: (await import('../features/contacts/components/contacts-page.tsx')).ContactsPage,
}));
const DuplicatesPage = lazy(async () => ({
  default: (await import('../features/contacts/components/duplicates-page.tsx')).DuplicatesPage,
}));
const ContactPage = lazy(async () => ({
  default: (await import('../features/contacts/components/contact-page.tsx')).ContactPage,
}));
const ListsPage = lazy(async () => ({
  default: (await import('../features/lists/components/lists-page.tsx')).ListsPage,
}));
const ListPage = lazy(async () => ({ default: (await import('./list-with-members.tsx')).ListWithMembers }));
const SegmentsPage = lazy(async () => ({
  default: (await import('../features/segments/components/segments-page.tsx')).SegmentsPage,
}));
const SegmentPage = lazy(async () => ({ default: (await import('./segment-with-members.tsx')).SegmentWithMembers }));
const ImportsPage = lazy(async () => ({
  default: (await import('../features/imports/components/imports-page.tsx')).ImportsPage,
}));
const ImportPage = lazy(async () => ({
  default: (await import('../features/imports/components/import-page.tsx')).ImportPage,
}));
const SuppressionsPage = lazy(async () => ({
  default: (await import('../features/suppressions/components/suppressions-page.tsx')).SuppressionsPage,
}));
const FormsPage = lazy(async () => ({
  default: (await import('../features/forms/components/forms-page.tsx')).FormsPage,
}));
const FormPage = lazy(async () => ({ default: (await import('../features/forms/components/form-page.tsx')).FormPage }));

const OverviewPage = lazy(async () => ({ default: (await import('./overview.tsx')).Overview }));
const AccountsPage = lazy(async () => ({
  default: (await import('../features/accounts/components/accounts-page.tsx')).AccountsPage,
}));
const AccountPage = lazy(async () => ({
  default: (await import('../features/accounts/components/account-page.tsx')).AccountPage,
}));
const DomainsPage = lazy(async () => ({
  default: (await import('../features/domains/components/domains-page.tsx')).DomainsPage,
}));
const DomainPage = lazy(async () => ({
  default: (await import('../features/domains/components/domain-page.tsx')).DomainPage,
}));
const BounceMailboxesPage = lazy(async () => ({
  default: (await import('../features/bounce-mailboxes/components/bounce-mailboxes-page.tsx')).BounceMailboxesPage,
}));
const PerformancePage = lazy(async () => ({ default: (await import('./performance.tsx')).Performance }));
const WorkersPage = lazy(async () => ({
  default: (await import('../features/operations/components/workers-page.tsx')).WorkersPage,
}));
const QueuesPage = lazy(async () => ({
  default: (await import('../features/operations/components/queues-page.tsx')).QueuesPage,
}));
const AlertsPage = lazy(async () => ({
  default: (await import('../features/operations/components/alerts-page.tsx')).AlertsPage,
}));

const SeriesPage = lazy(async () => ({
  default: (await import('../features/series/components/series-page.tsx')).SeriesPage,
}));
const OneSeriesPage = lazy(async () => ({
  default: (await import('../features/series/components/one-series-page.tsx')).OneSeriesPage,
}));
const SeriesEditorPage = lazy(async () => ({
  default: (await import('../features/series/components/series-editor-page.tsx')).SeriesEditorPage,
}));
const WebhooksPage = lazy(async () => ({
  default: (await import('../features/webhooks/components/webhooks-page.tsx')).WebhooksPage,
}));
const WebhookPage = lazy(async () => ({
  default: (await import('../features/webhooks/components/webhook-page.tsx')).WebhookPage,
}));
const SettingsPage = lazy(async () => ({
  default: (await import('../features/settings/components/settings-page.tsx')).SettingsPage,
}));
const SetupWithAccounts = lazy(async () => ({
  default: (await import('./setup-with-accounts.tsx')).SetupWithAccounts,
}));
const ForgottenPage = lazy(async () => ({
  default: (await import('../features/session/components/forgotten-page.tsx')).ForgottenPage,
}));
const ResetPage = lazy(async () => ({
  default: (await import('../features/session/components/reset-page.tsx')).ResetPage,
}));
const InvitationPage = lazy(async () => ({
  default: (await import('../features/session/components/invitation-page.tsx')).InvitationPage,
}));

/** Which page stands behind which address. Places of the rail are in places.ts. */
export function AppRoutes() {
  return (
    <Routes>
      <Route path="/login" element={<LoginPage />} />
      <Route element={<InFront />}>
        <Route path="/setup" element={<SetupWithAccounts />} />
        <Route path="/forgotten-password" element={<ForgottenPage />} />
        <Route path="/reset-password" element={<ResetPage />} />
        <Route path="/invitation" element={<InvitationPage />} />
      </Route>
      <Route element={<SessionGate />}>
        <Route path="/" element={<OverviewPage />} />
        <Route path="/campaigns" element={<CampaignsPage />} />
        <Route path="/campaigns/new" element={<NewCampaignPage />} />
        <Route path="/campaigns/:id" element={<CampaignPage />} />
        <Route path="/campaigns/:id/edit" element={<ComposerPage />} />
        <Route path="/emails" element={<EmailsPage />} />
        <Route path="/emails/:id" element={<EmailPage />} />
        <Route path="/series" element={<SeriesPage />} />
        <Route path="/series/new" element={<SeriesEditorPage />} />
        <Route path="/series/:id" element={<OneSeriesPage />} />
        <Route path="/series/:id/edit" element={<SeriesEditorPage />} />
        <Route path="/templates" element={<TemplatesPage />} />
        <Route path="/templates/:id" element={<TemplatePage />} />
        <Route path="/mailbox/:id?" element={<MailboxPage />} />
        <Route path="/contacts" element={<ContactsPage />} />
        <Route path="/contacts/duplicates" element={<DuplicatesPage />} />
        <Route path="/contacts/:id" element={<ContactPage />} />
        <Route path="/lists" element={<ListsPage />} />
        <Route path="/lists/:id" element={<ListPage />} />
        <Route path="/segments" element={<SegmentsPage />} />
        <Route path="/segments/:id" element={<SegmentPage />} />
        <Route path="/imports" element={<ImportsPage />} />
        <Route path="/imports/:id" element={<ImportPage />} />
        <Route path="/suppressions" element={<SuppressionsPage />} />
        <Route path="/forms" element={<FormsPage />} />
        <Route path="/forms/:id" element={<FormPage />} />
        <Route path="/accounts" element={<AccountsPage />} />
        <Route path="/accounts/:id" element={<AccountPage />} />
        <Route path="/domains" element={<DomainsPage />} />
        <Route path="/domains/:id" element={<DomainPage />} />
        <Route path="/bounce-mailboxes" element={<BounceMailboxesPage />} />
        <Route path="/dashboard/performance" element={<PerformancePage />} />
        <Route path="/dashboard/workers" element={<WorkersPage />} />
        <Route path="/dashboard/queues" element={<QueuesPage />} />
        <Route path="/alerts" element={<AlertsPage />} />
        <Route path="/webhooks" element={<WebhooksPage />} />
        <Route path="/webhooks/:id" element={<WebhookPage />} />
        <Route path="/settings/:part?" element={<SettingsPage />} />
        <Route path="*" element={<NotFoundPage />} />
      </Route>
    </Routes>
  );
}

/** Pages that stand in front of the dashboard, while their code arrives. */
function InFront() {
  return (
    <Suspense fallback={null}>
      <Outlet />
    </Suspense>
  );
}
