import type { SandboxMessage } from '../../../../../src/contract/sandbox.ts';
import styles from './header-list.module.css';

/** Every header in the order in which it stands, repeated ones included. */
export function HeaderList({ headers }: Pick<SandboxMessage, 'headers'>) {
  return (
    <table className={styles.table}>
      <tbody>
        {headers.map(({ name, value }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: headers repeat, and their place is what tells them apart
          <tr key={i}>
            <th scope="row">{name}</th>
            <td className="mono">{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
