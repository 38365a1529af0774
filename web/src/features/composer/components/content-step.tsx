import { Menu } from '@mantine/core';
import { Button } from '../../../components/button.tsx';
import { openContent } from '../../../components/editor/content.ts';
import { EmailEditor } from '../../../components/editor/email-editor.tsx';
import { Icon } from '../../../components/icon.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { getTemplate, useMergeFields, useTemplateChoices } from '../../../components/use-choices.ts';
import { strings } from '../strings.ts';
import type { Composer } from '../use-composer.ts';

const words = strings.template;

export function ContentStep({ composer }: { composer: Composer }) {
  const fields = useMergeFields();
  return (
    <>
      <TemplateMenu composer={composer} />
      <EmailEditor content={composer.content} fields={fields} onChange={composer.changeContent} />
    </>
  );
}

/** Takes the content of a template over; what is made of it then belongs to the campaign. */
function TemplateMenu({ composer }: { composer: Composer }) {
  const templates = useTemplateChoices().data ?? [];
  const { content } = composer;
  const take = async (id: string) => {
    const template = await getTemplate(id);
    const subject = content.subject.trim() === '' ? template.subject : content.subject;
    composer.changeContent(openContent({ ...template, subject }, content.design));
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
