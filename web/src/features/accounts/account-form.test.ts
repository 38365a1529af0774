import { describe, expect, it } from 'vitest';
import type { Account } from '../../../../src/contract/accounts.ts';
import {
  accountChangeOf,
  badNumbers,
  fieldsOfAccount,
  fieldsOfProvider,
  isComplete,
  newAccountOf,
  trialOf,
} from './account-form.ts';
import { placeOf } from './account-kinds.ts';
import { providerOf } from './providers.ts';
import { clientIdOf } from './service-account.ts';

const gmail = providerOf('gmail');
if (!gmail) throw new Error('Gmail is missing');

const account = {
  id: 'a',
  type: 'smtp',
  region: null,
  domain: null,
  stream: null,
  endpoint: null,
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

  it('asks a provider for what its API needs, and says nothing of a server', () => {
    const mailgun = providerOf('mailgun');
    if (!mailgun) throw new Error('Mailgun is missing');
    const empty = fieldsOfProvider(mailgun, 'Mailgun');
    expect(isComplete(empty)).toBe(false);
    const fields = { ...empty, domain: 'mg.a.test', password: 'key' };
    expect(isComplete(fields)).toBe(true);
    expect(newAccountOf(fields, undefined)).toEqual({
      name: 'Mailgun',
      type: 'mailgun',
      domain: 'mg.a.test',
      region: null,
      endpoint: null,
      password: 'key',
      limits: { perSecond: null, perMinute: null, perHour: null, perDay: null },
    });
    const ses = { ...account, type: 'ses', host: null, port: null, region: 'eu-west-1' } as Account;
    expect(accountChangeOf(fieldsOfAccount(ses), false)).toMatchObject({ region: 'eu-west-1' });
    expect(accountChangeOf(fieldsOfAccount(ses), false)).not.toHaveProperty('host');
    expect(placeOf(ses)).toBe('ses eu-west-1');
  });

  it('finds what is no number', () => {
    expect([...badNumbers({ ...fieldsOfAccount(account), port: 'x', perDay: '-1', perHour: ' 7 ' })]).toEqual([
      'port',
      'perDay',
    ]);
  });

  it('sends the file of a service account as it is, and a limit for each user', () => {
    const workspace = providerOf('directory');
    if (!workspace) throw new Error('Google Workspace is missing');
    const empty = fieldsOfProvider(workspace, 'Acme');
    expect(isComplete(empty)).toBe(false);
    const key = '{"client_id":"42"}';
    const fields = { ...empty, adminEmail: 'admin@acme.test', serviceAccountKey: key, perUserPerDay: '500' };
    expect(isComplete(fields)).toBe(true);
    expect(newAccountOf(fields, undefined)).toEqual({
      name: 'Acme',
      type: 'gmail',
      adminEmail: 'admin@acme.test',
      endpoint: null,
      serviceAccountKey: key,
      limits: { perSecond: null, perMinute: null, perHour: null, perDay: null, perUserPerDay: 500 },
    });
    expect(clientIdOf(key)).toBe('42');
    expect(clientIdOf('{"client_id":')).toBeNull();
  });
});
