import { TextInput } from '@mantine/core';
import { useState } from 'react';
import type { PoolStats } from '../../../../../src/contract/workers.ts';
import { FormDialog } from '../../../components/dialog.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useSetStartup } from '../api/set-startup.ts';
import { strings } from '../strings.ts';
import styles from './operations.module.css';

interface PoolDialogProps {
  readonly stats: PoolStats;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Bounds and target of autoscaling. Mounted while it is open, so that it begins with what holds. */
export function PoolSettingsDialog({ stats, opened, onClose }: PoolDialogProps) {
  const [min, setMin] = useState(String(stats.minWorkers));
  const [max, setMax] = useState(String(stats.maxWorkers));
  const [target, setTarget] = useState(String(stats.targetThroughput));
  const startup = useSetStartup();
  const words = strings.workers.settingsDialog;
  const isWrong = [min, max, target].some((text) => !/^\d+$/.test(text.trim()));
  const nodesCan = stats.nodes.reduce((sum, node) => sum + node.maxWorkers, 0);
  const submit = () => {
    const bounds = { min_workers: Number(min), max_workers: Number(max), target_throughput: Number(target) };
    const onSuccess = () => {
      toasts.say(words.saved);
      onClose();
    };
    startup.mutate({ action: 'initialize', ...bounds }, { onSuccess });
  };
  const field = (label: string, value: string, set: (text: string) => void) => (
    <TextInput
      label={label}
      inputMode="numeric"
      required
      value={value}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title={words.title}
      submit={words.submit}
      busy={startup.isPending}
      error={startup.error}
      disabled={isWrong}
      onSubmit={submit}
    >
      <p className="muted">{words.words}</p>
      {field(words.min, min, setMin)}
      {field(words.max, max, setMax)}
      {field(words.target, target, setTarget)}
      <p className={styles.note}>{words.limits({ count: nodesCan })}</p>
    </FormDialog>
  );
}

/** Nothing is sent afterwards: it says so first. */
export function StopAllDialog({ stats, opened, onClose }: PoolDialogProps) {
  const startup = useSetStartup();
  const words = strings.workers.stopDialog;
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title={words.title}
      submit={words.submit}
      kind="danger"
      busy={startup.isPending}
      error={startup.error}
      onSubmit={() => startup.mutate({ action: 'stop' }, { onSuccess: onClose })}
    >
      <p>{words.words({ count: stats.running })}</p>
    </FormDialog>
  );
}
