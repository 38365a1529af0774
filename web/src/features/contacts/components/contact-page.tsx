import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import type { ContactDetail } from '../../../../../src/contract/contacts.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { ButtonLink } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useUndoableDelete } from '../../../components/use-undoable-delete.ts';
import { useCan } from '../../../lib/access.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useChangeContact } from '../api/change-contact.ts';
import { contactPath, useContact } from '../api/get-contact.ts';
import { nameOf } from '../contact-name.ts';
import { strings } from '../strings.ts';
import { ContactActivity } from './contact-activity.tsx';
import { ContactAttributes } from './contact-attributes.tsx';
import { ContactConsent } from './contact-consent.tsx';
import { ContactFacts } from './contact-facts.tsx';
import { ContactLists } from './contact-lists.tsx';
import { ContactNotes } from './contact-notes.tsx';
import styles from './contact-page.module.css';
import { ContactStatus } from './contact-status.tsx';
import { EraseDialog } from './erase-dialog.tsx';

/** One person: what is known of them, what they agreed to, and what was sent to them. */
export function ContactPage() {
  const { id = '' } = useParams();
  const contact = useContact(id);
  if (contact.isPending) return <ContactSkeleton />;
  if (contact.isError) return <ProblemNote error={contact.error} onRetry={() => void contact.refetch()} />;
  return <Loaded key={id} contact={contact.data} />;
}

function Loaded({ contact }: { contact: ContactDetail }) {
  const change = useChangeContact(contact.id);
  const isEditor = useCan('editor');
  const isAdmin = useCan('admin');
  const { remove } = useUndoableDelete();
  const navigate = useNavigate();
  const [isErasing, setErasing] = useState(false);
  usePageTitle(contact.email);
  const onChange = isEditor ? change.mutateAsync : undefined;
  const onDelete = () => {
    remove({
      path: contactPath(contact.id),
      text: strings.contact.deleted({ email: contact.email }),
      queryKey: ['contacts'],
    });
    void navigate('/contacts');
  };
  const actions = [
    ...(isEditor ? [{ label: strings.contact.delete, icon: 'trash' as const, danger: true, onClick: onDelete }] : []),
    ...(isAdmin
      ? [{ label: strings.contact.erase, icon: 'barred' as const, danger: true, onClick: () => setErasing(true) }]
      : []),
  ];
  return (
    <div className={page.page}>
      <PageHead
        title={nameOf(contact) || contact.email}
        lead={
          <span className={styles.lead}>
            {nameOf(contact) === '' ? null : contact.email}
            <ContactStatus suppressed={contact.suppressed} />
            {contact.suppressed === null ? null : (
              <Link to={`/suppressions?binds=${encodeURIComponent(contact.email)}`}>{strings.contact.why}</Link>
            )}
          </span>
        }
      >
        {isEditor ? (
          <ButtonLink href={`${contactPath(contact.id)}/data`} download>
            <Icon name="download" />
            {strings.contact.data}
          </ButtonLink>
        ) : null}
        <ActionMenu actions={actions} />
      </PageHead>
      <div className={page.columns}>
        <div className={page.page}>
          <ContactFacts contact={contact} onChange={onChange} />
          <ContactAttributes contact={contact} onChange={onChange} />
          <ContactNotes notes={contact.notes} onChange={onChange} />
        </div>
        <div className={page.page}>
          <ContactActivity contactId={contact.id} />
          <ContactLists contact={contact} canEdit={isEditor} />
          <ContactConsent contactId={contact.id} />
        </div>
      </div>
      <EraseDialog contact={contact} opened={isErasing} onClose={() => setErasing(false)} />
    </div>
  );
}

const BONES = ['a', 'b', 'c', 'd', 'e', 'f'];

function ContactSkeleton() {
  return (
    <div className={page.page} role="status" aria-label={strings.contact.loading}>
      <Skeleton width={240} height={28} />
      <div className={styles.bones}>
        {BONES.map((bone) => (
          <Skeleton key={bone} width="50%" />
        ))}
      </div>
    </div>
  );
}
