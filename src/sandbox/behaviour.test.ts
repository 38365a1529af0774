import { describe, expect, it } from 'vitest';
import { Behaviour } from './behaviour.ts';

const everybody = { matching: '', sharePercent: 100 };

describe('how the built-in mailbox behaves', () => {
  it('refuses magic addresses, and nobody whose name only begins like one', () => {
    const behaviour = new Behaviour();
    expect(behaviour.refusalOf('bounce@a.test')).toMatchObject({ code: 550, text: expect.stringContaining('5.1.1') });
    expect(behaviour.refusalOf('Bounce+7@a.test')).toMatchObject({ code: 550 });
    expect(behaviour.refusalOf('full-3@a.test')).toMatchObject({ code: 452, text: expect.stringContaining('4.2.2') });
    for (const person of ['bouncer@a.test', 'fuller@a.test', 'slowik@a.test', 'dropkin@a.test', 'ann@bounce.test']) {
      expect(behaviour.refusalOf(person)).toBeNull();
      expect(behaviour.receptionOf([person])).toEqual({ delayMs: 0, drop: 'no' });
    }
    expect(behaviour.receptionOf(['slow@a.test'])).toEqual({ delayMs: 2000, drop: 'no' });
    expect(behaviour.receptionOf(['drop1@a.test'])).toEqual({ delayMs: 0, drop: 'after-keeping' });
  });

  it('refuses a share of the recipients, at every attempt the same ones', () => {
    const behaviour = new Behaviour();
    behaviour.set({
      refuse: { reply: '550 5.1.1 gone', firstAttemptOnly: false, matching: '', sharePercent: 20 },
      delayMs: 0,
      drop: null,
    });
    const recipients = Array.from({ length: 2000 }, (_, i) => `user${i}@a.test`);
    const refused = recipients.filter((recipient) => behaviour.refusalOf(recipient));
    expect(refused.length).toBeGreaterThan(330);
    expect(refused.length).toBeLessThan(470);
    expect(recipients.filter((recipient) => behaviour.refusalOf(recipient))).toEqual(refused);
  });

  it('drops another share than it refuses, so that both are seen', () => {
    const behaviour = new Behaviour();
    behaviour.set({
      refuse: { reply: '550 5.1.1 gone', firstAttemptOnly: false, matching: '', sharePercent: 20 },
      delayMs: 0,
      drop: { keepMessage: true, matching: '', sharePercent: 5 },
    });
    const accepted = Array.from({ length: 2000 }, (_, i) => `user${i}@a.test`).filter((to) => !behaviour.refusalOf(to));
    expect(accepted.filter((to) => behaviour.receptionOf([to]).drop !== 'no').length).toBeGreaterThan(30);
  });

  it('greylists: the first attempt is refused, the second accepted, until it is told again', () => {
    const behaviour = new Behaviour();
    const greylist = {
      refuse: { reply: '451 4.7.1 try again', firstAttemptOnly: true, ...everybody },
      delayMs: 0,
      drop: null,
    };
    behaviour.set(greylist);
    expect(behaviour.refusalOf('a@a.test')).toEqual({ code: 451, text: '4.7.1 try again' });
    expect(behaviour.refusalOf('A@a.test')).toBeNull();
    behaviour.set(greylist);
    expect(behaviour.refusalOf('a@a.test')).not.toBeNull();
  });

  it('drops only whom it is told to, before or after keeping the message', () => {
    const behaviour = new Behaviour();
    behaviour.set({
      refuse: null,
      delayMs: 30,
      drop: { keepMessage: false, matching: '@drop.test', sharePercent: 100 },
    });
    expect(behaviour.receptionOf(['a@drop.test'])).toEqual({ delayMs: 30, drop: 'before-keeping' });
    expect(behaviour.receptionOf(['a@keep.test'])).toEqual({ delayMs: 30, drop: 'no' });
  });
});
