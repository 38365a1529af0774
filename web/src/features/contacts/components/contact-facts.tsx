import type { ContactChange, ContactDetail } from '../../../../../src/contract/contacts.ts';
import { Card } from '../../../components/card.tsx';
import { Facts } from '../../../components/facts.tsx';
import { Moment } from '../../../components/moment.tsx';
import { strings } from '../strings.ts';
import { EditableValue } from './editable-value.tsx';

interface ContactFactsProps {
  readonly contact: ContactDetail;
  /** Undefined: it can only be read. */
  readonly onChange: ((change: ContactChange) => Promise<unknown>) | undefined;
}

const TEXTS = ['firstName', 'lastName', 'name', 'timeZone', 'locale'] as const;

/** Address, names and the like, each changed where it stands. */
export function ContactFacts({ contact, onChange }: ContactFactsProps) {
  const words = strings.fields;
  const labels = { ...words, name: words.wholeName };
  return (
    <Card title={strings.contact.facts}>
      <Facts
        facts={[
          {
            label: words.email,
            value: (
              <EditableValue
                label={words.email}
                value={contact.email}
                type="string"
                onSave={onChange && ((email) => onChange({ email: String(email ?? '') }))}
              />
            ),
          },
          ...TEXTS.map((name) => ({
            label: labels[name],
            value: (
              <EditableValue
                label={labels[name]}
                value={contact[name]}
                type="string"
                onSave={onChange && ((value) => onChange({ [name]: value }))}
              />
            ),
          })),
          {
            label: words.tags,
            value: (
              <EditableValue
                label={words.tags}
                value={contact.tags}
                type="array"
                onSave={onChange && ((tags) => onChange({ tags: tags as string[] }))}
              />
            ),
          },
          { label: words.added, value: <Moment iso={contact.createdAt} /> },
          { label: words.changed, value: <Moment iso={contact.updatedAt} /> },
        ]}
      />
    </Card>
  );
}
