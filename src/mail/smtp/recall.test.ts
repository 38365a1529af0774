import { describe, expect, it } from 'vitest';
import { brief, mail, withRig } from '../../../test/helpers/smtp-client.ts';
import type { SinkScript } from '../../../test/helpers/smtp-sink.ts';

describe('taking messages back', () => {
  it('hands over nothing more, neither what waits nor what has its envelope with the server already', async () => {
    const recall = { recalled: false };
    const script: SinkScript = ({ stage }) => {
      if (stage !== 'dot') return undefined;
      recall.recalled = true; // while the first message waits for its reply, with the next envelope behind it
      return { delayMs: 100 };
    };
    await withRig({ script }, {}, async ({ sink, transport }) => {
      const sending = [1, 2, 3, 4].map((i) => transport.send({ ...mail(`u${i}@example.test`), recall }));
      expect((await Promise.all(sending)).map(brief)).toEqual([
        'accepted',
        'recalled@mail-from',
        'recalled@mail-from',
        'recalled@mail-from',
      ]);
      expect(sink.accepted).toHaveLength(1);
      expect(sink.commands.filter(({ line }) => line.startsWith('RCPT'))).toHaveLength(2);
    });
  });

  it('goes on with messages of others, and with its own when it is over', async () => {
    await withRig({}, {}, async ({ sink, transport }) => {
      const recall = { recalled: true };
      const back = transport.send({ ...mail('back@example.test'), recall });
      const other = transport.send(mail('other@example.test'));
      expect(brief(await back)).toBe('recalled@mail-from');
      expect(brief(await other)).toBe('accepted');
      recall.recalled = false;
      expect(brief(await transport.send({ ...mail('again@example.test'), recall }))).toBe('accepted');
      expect([...sink.copiesByRecipient().keys()]).toEqual(['other@example.test', 'again@example.test']);
    });
  });
});
