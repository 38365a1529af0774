import { Link, useParams } from 'react-router';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { useCan } from '../../../lib/access.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { strings } from '../strings.ts';
import { ApiKeysPart } from './api-keys-part.tsx';
import { AuditPart } from './audit-part.tsx';
import { MembersPart } from './members-part.tsx';
import { ProfilePart } from './profile-part.tsx';
import styles from './settings.module.css';
import { WorkspacePart } from './workspace-part.tsx';

const PARTS = [
  { id: 'profile', part: ProfilePart, forAdmins: false },
  { id: 'workspace', part: WorkspacePart, forAdmins: false },
  { id: 'members', part: MembersPart, forAdmins: true },
  { id: 'keys', part: ApiKeysPart, forAdmins: true },
  { id: 'audit', part: AuditPart, forAdmins: true },
] as const;

/** Oneself, the workspace, who else is in it, its keys, and who changed what. */
export function SettingsPage() {
  const { part: named } = useParams();
  const isAdmin = useCan('admin');
  const parts = PARTS.filter(({ forAdmins }) => isAdmin || !forAdmins);
  const current = parts.find(({ id }) => id === named) ?? PARTS[0];
  usePageTitle(strings.tabs[current.id]);
  const Part = current.part;
  return (
    <div className={page.page}>
      <PageHead title={strings.title} />
      <nav className={styles.tabs} aria-label={strings.tabsLabel}>
        {parts.map(({ id }) => (
          <Link
            key={id}
            to={`/settings/${id}`}
            className={styles.tab}
            aria-current={id === current.id ? 'page' : undefined}
          >
            {strings.tabs[id]}
          </Link>
        ))}
      </nav>
      <Part />
    </div>
  );
}
