import { Menu } from '@mantine/core';
import { Button } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import { pathOf } from '../../../lib/api.ts';
import { type ContactFilter, queryOf } from '../contact-filter.ts';
import { strings } from '../strings.ts';

const FORMATS = ['csv', 'jsonl', 'xlsx'] as const;

/** Those who fit as a file, streamed by the server: the browser saves it and tells how far it is. */
export function ExportMenu({ filter }: { filter: ContactFilter }) {
  return (
    <Menu position="bottom-end" shadow="none" classNames={{ dropdown: 'floating' }}>
      <Menu.Target>
        <Button>
          <Icon name="download" />
          {strings.export}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {FORMATS.map((format) => (
          <Menu.Item
            key={format}
            component="a"
            href={pathOf('/api/contacts/export', { format, ...queryOf(filter) })}
            download
          >
            {strings.exportAs[format]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
