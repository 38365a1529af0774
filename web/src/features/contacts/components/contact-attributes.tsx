import { useState } from 'react';
import type { ContactChange, ContactDetail } from '../../../../../src/contract/contacts.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { Facts } from '../../../components/facts.tsx';
import { useAttributes } from '../../../components/use-attributes.ts';
import { typeOfValue } from '../attribute-value.ts';
import { strings } from '../strings.ts';
import { AddAttributeDialog } from './add-attribute-dialog.tsx';
import { EditableValue } from './editable-value.tsx';

interface ContactAttributesProps {
  readonly contact: ContactDetail;
  /** Undefined: it can only be read. */
  readonly onChange: ((change: ContactChange) => Promise<unknown>) | undefined;
}

/** What else is known of somebody: values by their declared types, declared ones without a value too. */
export function ContactAttributes({ contact, onChange }: ContactAttributesProps) {
  const declared = useAttributes() ?? [];
  const [isAdding, setAdding] = useState(false);
  const words = strings.contact;
  const names = [...new Set([...Object.keys(contact.attributes), ...declared.map(({ name }) => name)])].sort();
  return (
    <Card
      title={words.attributes}
      actions={
        onChange ? (
          <Button kind="quiet" onClick={() => setAdding(true)}>
            {words.addAttribute}
          </Button>
        ) : null
      }
    >
      {names.length === 0 ? (
        <p className="muted">{words.noAttributes}</p>
      ) : (
        <Facts
          facts={names.map((name) => ({
            label: name,
            value: (
              <EditableValue
                label={name}
                value={contact.attributes[name] ?? null}
                type={declared.find((each) => each.name === name)?.type ?? typeOfValue(contact.attributes[name])}
                onSave={onChange && ((value) => onChange({ attributes: { [name]: value } }))}
              />
            ),
          }))}
        />
      )}
      {onChange ? (
        <AddAttributeDialog opened={isAdding} taken={names} onClose={() => setAdding(false)} onAdd={onChange} />
      ) : null}
    </Card>
  );
}
