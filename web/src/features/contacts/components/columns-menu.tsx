import { Checkbox, Popover } from '@mantine/core';
import { Button } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import { useAttributes } from '../../../components/use-attributes.ts';
import { strings } from '../strings.ts';
import styles from './columns-menu.module.css';

interface ColumnsMenuProps {
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Which attributes have a column. */
export function ColumnsMenu({ chosen, onChange }: ColumnsMenuProps) {
  const names = useAttributes()?.map(({ name }) => name) ?? [];
  return (
    <Popover position="bottom-end" shadow="none" trapFocus returnFocus classNames={{ dropdown: 'floating' }}>
      <Popover.Target>
        <Button>
          <Icon name="sliders" />
          {strings.columns}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        {names.length === 0 ? <p className={styles.none}>{strings.columnsNone}</p> : null}
        <div className={styles.columns}>
          {names.map((name) => (
            <Checkbox
              key={name}
              size="xs"
              label={name}
              checked={chosen.includes(name)}
              onChange={(event) =>
                onChange(event.currentTarget.checked ? [...chosen, name] : chosen.filter((each) => each !== name))
              }
            />
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
