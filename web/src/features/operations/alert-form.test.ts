import { describe, expect, it } from 'vitest';
import { changeOf, channelFieldsOf, makeSecret, ruleFieldsOf } from './alert-form.ts';

const builtIn = { enabled: true, raiseAt: 500, clearAt: 250, forSeconds: 300 };
const rules = [
  { kind: 'queue-backlog', inForce: { ...builtIn, raiseAt: 900 }, builtIn },
  { kind: 'database', inForce: builtIn, builtIn },
];
const settings = {
  rules: {},
  webhook: { url: 'https://a.test/', allowPrivateAddresses: true },
  email: { to: ['a@b.test', 'c@d.test'] },
};

describe('the form of thresholds and channels', () => {
  it('names only rules that differ from what is built in, and leaves a webhook alone that was not touched', () => {
    const channels = channelFieldsOf(settings);
    expect(channels).toEqual({ url: 'https://a.test/', secret: '', email: 'a@b.test, c@d.test' });
    expect(changeOf(rules, ruleFieldsOf(rules, 'inForce'), channels, settings)).toEqual({
      rules: { 'queue-backlog': { ...builtIn, raiseAt: 900 } },
      email: { to: ['a@b.test', 'c@d.test'] },
    });
    expect(changeOf(rules, ruleFieldsOf(rules, 'builtIn'), channels, settings).rules).toEqual({});
  });

  it('takes away what was emptied, and keeps the secret unless a new one is typed', () => {
    const none = { url: '', secret: '', email: '' };
    const fields = ruleFieldsOf(rules, 'builtIn');
    expect(changeOf(rules, fields, none, settings)).toEqual({ rules: {}, webhook: null, email: null });
    expect(changeOf(rules, fields, none, null)).toEqual({ rules: {}, email: null });
    expect(changeOf(rules, fields, { ...none, url: 'https://b.test/' }, settings).webhook).toEqual({
      url: 'https://b.test/',
    });
    expect(changeOf(rules, fields, { url: 'https://a.test/', secret: 'whsec_x', email: '' }, settings).webhook).toEqual(
      {
        url: 'https://a.test/',
        secret: 'whsec_x',
      },
    );
  });

  it('makes secrets as the server wants them', () => {
    expect(makeSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  });
});
