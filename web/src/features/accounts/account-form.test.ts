import { describe, expect, it } from 'vitest';
import type { Account } from '../../../../src/contract/accounts.ts';
import {
  accountChangeOf,
  badNumbers,
  fieldsOfAccount,
  fieldsOfProvider,
  newAccountOf,
  trialOf,
} from './account-form.ts';
import { providerOf } from './providers.ts';

const gmail = providerOf('gmail');
if (!gmail) throw new Error('Gmail is missing');

const account = {
  id: 'a',
  name: 'Main',
  host: 'mx.test',
  port: 587,
  secure: 'starttls',
  from: null,
  serverGroup: null,
  maxConnections: 10,
  batchSize: 50,
  batchDelayMs: 0,
  maxMessagesPerConnection: 100,
  timeoutMs: 10_000,
  weight: 1,
  limits: { perSecond: null, perMinute: null, perHour: 100, perDay: null },
} as Account;

describe('the form of a sending account', () => {
  it('begins with what a provider is known for, and sends nothing that was left empty', () => {
    const fields = { ...fieldsOfProvider(gmail, 'Gmail'), username: 'ada@gmail.com', password: 'secret' };
    expect(newAccountOf(fields, gmail.preset)).toEqual({
      name: 'Gmail',
      type: 'smtp',
      preset: 'gmail-personal',
      host: 'smtp.gmail.com',
      port: 465,
      secure: 'tls',
      username: 'ada@gmail.com',
      password: 'secret',
      limits: { perSecond: null, perMinute: null, perHour: null, perDay: 500 },
    });
  });

  it('keeps the login of an account unless a new one is typed, or it is to be forgotten', () => {
    const fields = fieldsOfAccount(account);
    expect(fields).toMatchObject({ username: '', password: '', perHour: '100', perDay: '' });
    expect(accountChangeOf(fields, false)).not.toHaveProperty('password');
    expect(accountChangeOf({ ...fields, password: 'new' }, false)).toMatchObject({ password: 'new' });
    expect(accountChangeOf(fields, true)).toMatchObject({ username: null, password: null });
    expect(trialOf(fields, account, false)).toMatchObject({ id: 'a', host: 'mx.test' });
    expect(trialOf(fields, null, false)).not.toHaveProperty('name');
  });

  it('finds what is no number', () => {
    expect([...badNumbers({ ...fieldsOfAccount(account), port: 'x', perDay: '-1', perHour: ' 7 ' })]).toEqual([
      'port',
      'perDay',
    ]);
  });
});
