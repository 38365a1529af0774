import { Menu } from '@mantine/core';
import { Button } from '../../../components/button.tsx';
import { type EditedContent, openContent } from '../../../components/editor/content.ts';
import { EmailEditor } from '../../../components/editor/email-editor.tsx';
import { Icon } from '../../../components/icon.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { getTemplate, useMergeFields, useTemplateChoices } from '../../../components/use-choices.ts';
import { strings } from '../strings.ts';
import type { Composer } from '../use-composer.ts';
import type { EditedVariant } from '../variants.ts';
import { TestSettings } from './test-settings.tsx';
import { VariantForm } from './variant-form.tsx';
import { VariantTabs } from './variant-tabs.tsx';

const words = strings.template;

interface ContentStepProps {
  readonly composer: Composer;
  /** Which variant is written; 0 also where there are none. */
  readonly position: number;
  readonly onPosition: (position: number) => void;
}

/** What people will read: the message, or several of them to be tried against each other. */
export function ContentStep({ composer, position, onPosition }: ContentStepProps) {
  const fields = useMergeFields();
  const { variants, content, changeContent, changeVariants } = composer;
  const variant = variants[position];
  const change = (changed: EditedVariant) =>
    changeVariants(variants.map((each, i) => (i === position ? changed : each)));
  const own = position === 0 ? content : (variant?.own ?? null);
  const changeOwn = (changed: EditedContent) =>
    position === 0 || !variant
      ? changeContent(changed)
      : change({ ...variant, subject: changed.subject, own: changed });
  return (
    <>
      <VariantTabs composer={composer} position={position} onPosition={onPosition} />
      {variant ? <VariantForm composer={composer} position={position} onChange={change} /> : null}
      {own === null ? null : (
        <>
          <TemplateMenu content={own} onChange={changeOwn} />
          <EmailEditor key={position} content={own} fields={fields} onChange={changeOwn} />
        </>
      )}
      {variants.length === 0 ? null : <TestSettings composer={composer} />}
    </>
  );
}

interface TemplateMenuProps {
  readonly content: EditedContent;
  readonly onChange: (content: EditedContent) => void;
}

/** Takes the content of a template over; what is made of it then belongs to the campaign. */
function TemplateMenu({ content, onChange }: TemplateMenuProps) {
  const templates = useTemplateChoices().data ?? [];
  const take = async (id: string) => {
    const template = await getTemplate(id);
    const subject = content.subject.trim() === '' ? template.subject : content.subject;
    onChange(openContent({ ...template, subject }, content.design));
    toasts.say(words.used({ name: template.name }));
  };
  return (
    <div>
      <Menu
        shadow="none"
        position="bottom-start"
        withInitialFocusPlaceholder={false}
        classNames={{ dropdown: 'floating' }}
      >
        <Menu.Target>
          <Button>
            <Icon name="template" />
            {words.choose}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {templates.length === 0 ? <Menu.Label>{words.none}</Menu.Label> : null}
          {templates.map(({ id, name }) => (
            <Menu.Item key={id} onClick={() => void take(id)}>
              {name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
