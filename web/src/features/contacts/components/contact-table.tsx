import { useMemo } from 'react';
import { Link } from 'react-router';
import type { Contact } from '../../../../../src/contract/contacts.ts';
import { type Column, toggled } from '../../../components/data-table.tsx';
import { PlainMoment } from '../../../components/plain-moment.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { RowBox } from '../../../components/row-box.tsx';
import { useUndoableDelete } from '../../../components/use-undoable-delete.ts';
import { VirtualTable } from '../../../components/virtual-table.tsx';
import type { Rows } from '../../../lib/use-rows.ts';
import { contactPath } from '../api/get-contact.ts';
import { valueText } from '../attribute-value.ts';
import { nameOf } from '../contact-name.ts';
import { strings } from '../strings.ts';
import { ContactStatus } from './contact-status.tsx';
import styles from './contact-table.module.css';

interface ContactSelection {
  /** Null: everything that fits. */
  readonly ids: ReadonlySet<string> | null;
  readonly onChange: (ids: ReadonlySet<string>) => void;
}

interface ContactTableProps {
  readonly contacts: Rows<Contact>;
  /** Attributes that have a column. */
  readonly attributes: readonly string[];
  readonly selection?: ContactSelection;
  /** Where a new workspace would say more than that nobody fits. */
  readonly none?: string;
  readonly height?: string;
}

const ATTRIBUTE_WIDTH = 140;
const OTHERS_WIDTH = 760;

/** Contacts of any number, newest first. */
export function ContactTable({ contacts, attributes, selection, none, height }: ContactTableProps) {
  const { isHidden } = useUndoableDelete();
  const rows = contacts.rows.filter(({ id }) => !isHidden(contactPath(id)));
  const columns = useMemo(() => columnsOf(attributes), [attributes]);
  const missing = contacts.rows.length - rows.length;
  if (contacts.error) return <ProblemNote error={contacts.error} onRetry={contacts.retry} />;
  if (contacts.isEmpty || (contacts.isAll && rows.length === 0 && !contacts.isPending))
    return <p className={styles.none}>{none ?? strings.noneFound}</p>;
  return (
    <VirtualTable
      label={strings.table}
      columns={selection ? [boxColumn(selection, rows), ...columns] : columns}
      count={contacts.isPending ? 12 : contacts.count - missing}
      rowAt={(index) => rows[index]}
      keyOf={(contact) => contact.id}
      onShow={contacts.onShow}
      minWidth={attributes.length === 0 ? 0 : OTHERS_WIDTH + attributes.length * ATTRIBUTE_WIDTH}
      {...(height === undefined ? {} : { height })}
    />
  );
}

function columnsOf(attributes: readonly string[]): Array<Column<Contact>> {
  const words = strings.fields;
  return [
    {
      id: 'email',
      header: words.email,
      width: 'minmax(160px, 1.4fr)',
      cell: ({ id, email }) => <Link to={`/contacts/${id}`}>{email}</Link>,
    },
    { id: 'name', header: words.name, width: 'minmax(80px, 1fr)', wide: true, cell: (contact) => nameOf(contact) },
    ...attributes.map(
      (name): Column<Contact> => ({
        id: `attribute ${name}`,
        header: name,
        width: ATTRIBUTE_WIDTH,
        wide: true,
        cell: (contact) => valueText(contact.attributes[name]),
      }),
    ),
    {
      id: 'tags',
      header: words.tags,
      width: 'minmax(80px, 1fr)',
      wide: true,
      cell: ({ tags }) => <span className="muted">{tags.join(', ')}</span>,
    },
    {
      id: 'status',
      header: words.status,
      width: 132,
      cell: ({ suppressed }) => <ContactStatus suppressed={suppressed} />,
    },
    {
      id: 'added',
      header: words.added,
      width: 112,
      wide: true,
      cell: ({ createdAt }) => (
        <span className="muted">
          <PlainMoment iso={createdAt} />
        </span>
      ),
    },
  ];
}

function boxColumn({ ids, onChange }: ContactSelection, rows: readonly Contact[]): Column<Contact> {
  const has = (id: string) => ids === null || ids.has(id);
  const all = rows.length > 0 && rows.every(({ id }) => has(id));
  const some = rows.some(({ id }) => has(id));
  return {
    id: 'box',
    width: 40,
    header: (
      <RowBox
        label={strings.select.shown}
        checked={all}
        indeterminate={some && !all}
        onChange={() => onChange(new Set(all ? [] : rows.map(({ id }) => id)))}
      />
    ),
    cell: ({ id, email }) => (
      <RowBox
        label={strings.select.row({ name: email })}
        checked={has(id)}
        onChange={() => onChange(toggled(ids ?? new Set(rows.map((row) => row.id)), id))}
      />
    ),
  };
}
