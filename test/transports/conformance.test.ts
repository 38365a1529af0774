import { describe, expect, it } from 'vitest';
import { referenceOfTag } from '../../src/mail/http/reference-tag.ts';
import type { SendOutcome } from '../../src/mail/transport.ts';
import { type Rig, SUBJECTS, type Subject, type SubjectOptions } from './subject.ts';
import { LOGO, TERMS, testMessage } from './test-message.ts';

const ADA = 'ada@example.test';
const people = (count: number) => Array.from({ length: count }, (_, i) => `p${i}@example.test`);
/** Long enough for a busy machine to answer, short enough to wait for. */
const SHORT_ANSWER_MS = 1_000;
/** Longer than that. */
const LATE_MS = 60_000;

describe.concurrent.each(SUBJECTS)('$name', (subject) => {
  it('accepts a message, with the id its provider gave it', async () => {
    await withRig(subject, {}, async ({ transport, mails }) => {
      const outcome = await transport.send(testMessage(ADA));
      expect(outcome).toMatchObject({ kind: 'accepted', reply: { code: expect.any(Number) } });
      const [mail] = await mails();
      expect(mail).toMatchObject({ recipient: ADA });
      if (subject.isHttp) expect(outcome).toMatchObject({ remoteId: mail?.id });
    });
  });

  it('carries 120 messages, each once', async () => {
    await withRig(subject, {}, async ({ transport, mails, begun }) => {
      const outcomes = await Promise.all(people(120).map((to) => transport.send(testMessage(to))));
      expect(kinds(outcomes)).toEqual(['accepted']);
      expect((await mails()).map(({ recipient }) => recipient).sort()).toEqual(people(120).sort());
      if (subject.maxBatch > 1) expect(begun()).toBeLessThanOrEqual(Math.ceil(120 / subject.maxBatch));
    });
  });

  it('brings subject, texts, names and headers intact', async () => {
    await withRig(subject, {}, async ({ transport, mails }) => {
      const message = testMessage(ADA);
      await transport.send(message);
      const [mail] = await mails();
      expect(mail?.subject).toBe('Grüße an Jürgen – 你好');
      expect(mail?.html?.trim()).toBe('<p>Hello Jürgen, <img src="cid:logo"></p>');
      expect(mail?.text?.trim().replaceAll('\r\n', '\n')).toBe('Hello Jürgen\n.\nBye');
      expect(mail?.from).toContain('news@acme.test');
      const { headers } = mail ?? { headers: new Map<string, string>() };
      expect(headers.get('list-unsubscribe')).toBe(`<${message.variables.unsubscribeUrl}>`);
      expect(headers.get('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
      expect(headers.get('feedback-id')).toBe('c1:w1:campaign:acme');
      expect(headers.get('message-id')).toBe(`<${message.variables.messageId}>`);
      if (subject.isHttp) expect(referenceOfTag(mail?.reference ?? '')).toBe(message.reference?.());
    });
  });

  it('brings files and inline images byte for byte', async () => {
    await withRig(subject, {}, async ({ transport, mails }) => {
      const outcomes = await Promise.all(
        [ADA, 'bob@example.test'].map((to) => transport.send(testMessage(to, 'attached'))),
      );
      expect(kinds(outcomes)).toEqual(['accepted']);
      const [mail] = await mails();
      expect(mail?.attachments).toHaveLength(2);
      expect(mail?.attachments.find(({ cid }) => cid === 'logo')).toMatchObject({
        filename: 'logo.png',
        contentType: 'image/png',
        content: LOGO,
      });
      expect(mail?.attachments.find(({ filename }) => filename === 'Bedingungen für Zoë.txt')?.content).toEqual(TERMS);
    });
  });

  it('says not-handed-over where nobody listens', async () => {
    const transport = subject.openNowhere();
    const handedOver: string[] = [];
    const outcome = await transport.send({ ...testMessage(ADA), onHandOver: () => handedOver.push(ADA) });
    expect(outcome).toMatchObject({ kind: 'not-handed-over', class: { name: 'connection-refused' } });
    expect(handedOver).toEqual([]);
    await transport.close(0);
  });

  it('does not send twice what was taken and not answered in time', async () => {
    await withRig(subject, { answerMs: SHORT_ANSWER_MS }, async ({ transport, fault, mails }) => {
      fault({ kind: 'late', ms: LATE_MS });
      const outcome = await transport.send(testMessage(ADA));
      expect(outcome.kind).toBe(isFound(subject) ? 'accepted' : 'unknown');
      expect(await mails()).toHaveLength(1);
    });
  });

  it.each([
    ['taken', true],
    ['lost', false],
  ] as const)('does not send twice what was %s when the connection broke', async (_, isTaken) => {
    await withRig(subject, {}, async ({ transport, fault, mails }) => {
      fault({ kind: 'cut', isTaken });
      const outcomes = await Promise.all(people(3).map((to) => transport.send(testMessage(to))));
      const doubtful = outcomes.filter(({ kind }) => kind === 'unknown').length;
      const isClear = isTaken ? isFound(subject) : subject.isIdempotent;
      expect(doubtful).toBe(isClear ? 0 : Math.min(3, subject.maxBatch));
      await expectOneCopyAtMost(await mails());
      for (const [i, outcome] of outcomes.entries())
        if (outcome.kind === 'accepted')
          expect((await mails()).some((mail) => mail.recipient === people(3)[i])).toBe(true);
    });
  });

  it('hands nothing over of a message that was taken back', async () => {
    await withRig(subject, {}, async ({ transport, begun }) => {
      const recall = { recalled: true };
      const outcome = await transport.send({ ...testMessage(ADA), recall });
      expect(outcome.kind).toBe('recalled');
      expect(begun()).toBe(0);
    });
  });

  it('sends nothing of a message whose hand-over could not be noted, and goes on with others', async () => {
    await withRig(subject, { parallel: 1 }, async ({ transport, mails }) => {
      const onHandOver = () => {
        throw new Error('the disk is full');
      };
      const [bad, good] = await Promise.all([
        transport.send({ ...testMessage(ADA), onHandOver }),
        transport.send(testMessage('bob@example.test')),
      ]);
      expect(bad).toMatchObject({ kind: 'not-handed-over', class: { name: 'hand-over-stopped' } });
      expect(good?.kind).toBe('accepted');
      expect((await mails()).map(({ recipient }) => recipient)).toEqual(['bob@example.test']);
    });
  });

  it('calls onHandOver before anything of the message can have arrived', async () => {
    await withRig(subject, {}, async ({ transport, mails }) => {
      let copiesThen = -1;
      await transport.send({
        ...testMessage(ADA),
        onHandOver: () => {
          void mails().then(({ length }) => {
            copiesThen = length;
          });
        },
      });
      expect(copiesThen).toBe(0);
    });
  });

  it('tells a message that cannot be made from its neighbours', async () => {
    await withRig(subject, {}, async ({ transport, mails }) => {
      const fail = () => {
        throw new Error('no such field');
      };
      const [bad, good] = await Promise.all([
        transport.send({ ...testMessage(ADA), content: fail, parts: fail }),
        transport.send(testMessage('bob@example.test')),
      ]);
      expect(bad).toMatchObject({ kind: 'not-handed-over', class: { name: 'message-malformed' } });
      expect(good?.kind).toBe('accepted');
      expect(await mails()).toHaveLength(1);
    });
  });

  it('refuses the recipients that are no good, and takes the others', async () => {
    await withRig(subject, {}, async ({ transport, state, mails }) => {
      state.invalid.add('p1@example.test');
      state.suppressed.add('p3@example.test');
      const outcomes = await Promise.all(people(5).map((to) => transport.send(testMessage(to))));
      expect(outcomes.map(({ kind }) => kind)).toEqual([
        'accepted',
        'refused',
        'accepted',
        expect.any(String),
        'accepted',
      ]);
      expect(outcomes[1]).toMatchObject({ class: { name: 'address-invalid', suppress: true } });
      const suppressed = outcomes[3];
      if (suppressed?.kind === 'refused') expect(suppressed.class.name).toBe('provider-suppressed');
      expect(await mails()).toHaveLength(suppressed?.kind === 'refused' ? 3 : 4);
    });
  });

  it('answers every message when it is closed with messages on the way', async () => {
    await withRig(subject, { parallel: 1 }, async ({ transport, fault, faultsAhead, mails }) => {
      fault({ kind: 'late', ms: LATE_MS });
      const first = people(subject.maxBatch);
      const sending = first.map((to) => transport.send(testMessage(to)));
      await expect.poll(faultsAhead).toBe(0);
      const waiting = transport.send(testMessage('late@example.test'));
      await transport.close(0);
      expect(kinds(await Promise.all(sending))).toEqual(['unknown']);
      expect(await waiting).toMatchObject({ kind: 'not-handed-over' });
      expect(await transport.send(testMessage('after@example.test'))).toMatchObject({
        kind: 'not-handed-over',
        class: { name: 'transport-closed' },
      });
      await expectOneCopyAtMost(await mails());
    });
  });

  it('verifies without sending', async () => {
    await withRig(subject, {}, async ({ transport, mails }) => {
      expect(await transport.verify()).toMatchObject({ ok: true, stage: 'ready' });
      expect(await mails()).toEqual([]);
    });
    const nowhere = subject.openNowhere();
    expect(await nowhere.verify()).toMatchObject({ ok: false, stage: 'connect', authenticated: false });
    await nowhere.close(0);
  });

  it('lets messages in flight be answered when it is closed with time to spare', async () => {
    await withRig(subject, {}, async ({ transport, begun }) => {
      const sending = transport.send(testMessage(ADA));
      await expect.poll(begun).toBeGreaterThan(0);
      await transport.close(10_000);
      expect((await sending).kind).toBe('accepted');
    });
  });
});

describe.concurrent.each(SUBJECTS.filter(({ isHttp }) => isHttp))('$name over HTTP', (subject) => {
  it('passes on how long to wait after 429, and sends no copy of what was refused', async () => {
    await withRig(subject, {}, async ({ transport, fault, mails }) => {
      fault({ kind: 'too-many', retryAfterSeconds: 30 });
      const outcomes = await Promise.all(people(2).map((to) => transport.send(testMessage(to))));
      expect(outcomes[0]).toMatchObject({
        kind: 'refused',
        reply: { code: 429 },
        class: { name: 'account-rate', action: 'throttle' },
        retryAfterMs: expect.any(Number),
      });
      const { retryAfterMs } = outcomes[0] as { retryAfterMs: number };
      expect(retryAfterMs).toBeGreaterThan(25_000);
      expect(retryAfterMs).toBeLessThanOrEqual(30_000);
      // Whoever comes within that time is told so without asking.
      expect(await transport.send(testMessage('next@example.test'))).toMatchObject({
        kind: 'not-handed-over',
        class: { name: 'account-rate' },
      });
      expect((await mails()).length).toBeLessThanOrEqual(1);
    });
  });

  it('leaves it to evidence what a 5xx without the message means', async () => {
    await withRig(subject, {}, async ({ transport, fault, mails }) => {
      fault({ kind: 'broken', status: 500, isTaken: false });
      const outcome = await transport.send(testMessage(ADA));
      expect(outcome.kind).toBe(subject.isIdempotent ? 'accepted' : 'unknown');
      expect(await mails()).toHaveLength(subject.isIdempotent ? 1 : 0);
    });
  });

  it('makes no second copy of a 5xx with the message', async () => {
    await withRig(subject, {}, async ({ transport, fault, mails }) => {
      fault({ kind: 'broken', status: 502, isTaken: true });
      const outcome = await transport.send(testMessage(ADA));
      expect(outcome.kind).toBe(isFound(subject) ? 'accepted' : 'unknown');
      expect(await mails()).toHaveLength(1);
    });
  });

  it('does not believe half an answer', async () => {
    await withRig(subject, {}, async ({ transport, fault, mails }) => {
      fault({ kind: 'cut-answer' });
      const outcome = await transport.send(testMessage(ADA));
      expect(outcome.kind).toBe(isFound(subject) ? 'accepted' : 'unknown');
      expect(await mails()).toHaveLength(1);
    });
  });

  it('goes on with one message after trouble, and then with all', async () => {
    await withRig(subject, {}, async ({ transport, fault, mails }) => {
      fault({ kind: 'cut', isTaken: false, manner: 'rst' });
      await transport.send(testMessage(ADA));
      const outcomes = await Promise.all(people(20).map((to) => transport.send(testMessage(to))));
      expect(kinds(outcomes)).toEqual(['accepted']);
      await expectOneCopyAtMost(await mails());
    });
  });

  it('takes no other server for its provider', async () => {
    await withRig(subject, {}, async ({ transport, fault }) => {
      fault({ kind: 'stranger', status: 404 });
      expect(await transport.send(testMessage(ADA))).toMatchObject({
        kind: 'not-handed-over',
        class: { name: 'protocol-error' },
      });
    });
  });

  it('knows a used-up quota for the account’s', async () => {
    await withRig(subject, {}, async ({ transport, state, mails }) => {
      state.isQuotaUsedUp = true;
      const outcome = await transport.send(testMessage(ADA));
      expect(outcome).toMatchObject({ kind: 'refused', class: { subject: 'account', action: 'pause-account' } });
      expect(await mails()).toEqual([]);
    });
  });

  it('knows a revoked key for the account’s, and asks no more for a while', async () => {
    await withRig(subject, {}, async ({ transport, state, begun }) => {
      state.isKeyRevoked = true;
      expect(await transport.verify()).toMatchObject({ ok: false, stage: 'auth', authenticated: false });
      expect(await transport.send(testMessage(ADA))).toMatchObject({
        kind: 'refused',
        class: { subject: 'account', action: 'disable-account' },
      });
      expect(await transport.send(testMessage(ADA))).toMatchObject({
        kind: 'not-handed-over',
        class: { action: 'disable-account' },
      });
      expect(begun()).toBe(subject.hasTokens ? 0 : 1);
    });
  });

  it('bounds the requests on the way, and so what a lost answer leaves in doubt', async () => {
    await withRig(subject, { parallel: 2, answerMs: SHORT_ANSWER_MS, repeatForMs: 100 }, async (rig) => {
      for (let i = 0; i < 2; i++) rig.fault({ kind: 'late', ms: LATE_MS });
      const outcomes = await Promise.all(people(300).map((to) => rig.transport.send(testMessage(to))));
      const doubtful = outcomes.filter(({ kind }) => kind === 'unknown').length;
      expect(doubtful).toBe(2 * subject.maxBatch);
      expect(kinds(outcomes).sort()).toEqual(['not-handed-over', 'unknown']);
      await expectOneCopyAtMost(await rig.mails());
    });
  });
});

async function withRig(subject: Subject, options: SubjectOptions, use: (rig: Rig) => Promise<void>): Promise<void> {
  const rig = await subject.open(options);
  try {
    await use(rig);
  } finally {
    await rig.close();
  }
}

/** What was taken is known to be, although its answer was lost. */
function isFound({ isIdempotent, isSearchable }: Subject): boolean {
  return isIdempotent || isSearchable === true;
}

function kinds(outcomes: readonly SendOutcome[]): string[] {
  return [...new Set(outcomes.map(({ kind }) => kind))];
}

async function expectOneCopyAtMost(mails: ReadonlyArray<{ readonly recipient: string }>): Promise<void> {
  const recipients = mails.map(({ recipient }) => recipient);
  expect(recipients).toHaveLength(new Set(recipients).size);
}
