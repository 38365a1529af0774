import { StatusMark } from '../../../components/status-mark.tsx';
import { strings } from '../strings.ts';

/** Whether anything is sent to them, and if not, why. */
export function ContactStatus({ suppressed }: { suppressed: string | null }) {
  if (suppressed === null) return <StatusMark tone="good" word={strings.status.active} />;
  return <StatusMark tone="quiet" icon="barred" word={statusWord(suppressed)} />;
}

function statusWord(reason: string): string {
  return reason in strings.status ? strings.status[reason as keyof typeof strings.status] : reason;
}
