import { NumberInput, SegmentedControl, TextInput } from '@mantine/core';
import { strings } from '../strings.ts';
import type { Composer } from '../use-composer.ts';
import type { EditedVariant } from '../variants.ts';
import styles from './composer.module.css';

interface VariantFormProps {
  readonly composer: Composer;
  readonly position: number;
  readonly onChange: (variant: EditedVariant) => void;
}

/** What a variant is called, who it comes from, and what of it is its own. */
export function VariantForm({ composer, position, onChange }: VariantFormProps) {
  const words = strings.variants;
  const { variants, content } = composer;
  const variant = variants[position];
  const [first] = variants;
  if (!variant || !first) return null;
  const change = (part: Partial<EditedVariant>) => onChange({ ...variant, ...part });
  const isTaken = variants.some(
    ({ name }, i) => i !== position && name.trim().toLowerCase() === variant.name.trim().toLowerCase(),
  );
  const isOwn = position > 0 && variant.own !== null;
  return (
    <div className={styles.group}>
      <div className={styles.pair}>
        <TextInput
          label={words.name}
          maxLength={100}
          defaultValue={variant.name}
          key={`name ${position}`}
          error={isTaken ? words.taken : null}
          onBlur={(event) => {
            const name = event.currentTarget.value.trim();
            if (name !== '' && name !== variant.name) change({ name });
          }}
        />
        <NumberInput
          label={words.weight}
          key={`weight ${position}`}
          min={1}
          max={1000}
          allowDecimal={false}
          defaultValue={variant.weight}
          onChange={(value) => {
            if (Number(value) >= 1) change({ weight: Number(value) });
          }}
        />
      </div>
      <TextInput
        label={words.fromName}
        description={words.fromNameHint}
        key={`from ${position}`}
        maxLength={200}
        defaultValue={variant.fromName}
        onBlur={(event) => {
          const fromName = event.currentTarget.value.trim();
          if (fromName !== variant.fromName) change({ fromName });
        }}
      />
      {position === 0 ? null : (
        <>
          {isOwn ? null : (
            <TextInput
              label={words.subject}
              placeholder={content.subject}
              maxLength={2000}
              value={variant.subject}
              onChange={(event) => change({ subject: event.currentTarget.value })}
            />
          )}
          <SegmentedControl
            aria-label={words.message}
            value={isOwn ? 'own' : 'same'}
            data={[
              { value: 'same', label: words.same({ name: first.name }) },
              { value: 'own', label: words.own },
            ]}
            onChange={(value) =>
              change({
                own:
                  value === 'own'
                    ? { ...content, subject: variant.subject.trim() === '' ? content.subject : variant.subject }
                    : null,
              })
            }
          />
        </>
      )}
    </div>
  );
}
