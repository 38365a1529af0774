import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../test/helpers/core.ts';
import { ImportBench } from '../../test/helpers/import.ts';

let test: TestCore;
let bench: ImportBench;
beforeAll(async () => {
  test = await openTestCore();
  bench = new ImportBench(test);
});
afterAll(() => test.close());

describe('what a file may look like', () => {
  it("reads Mailchimp's export: BOM, CRLF, quoted commas and line breaks, six scripts", async () => {
    const file = `\uFEFF"Email Address","First Name","Last Name",MEMBER_RATING,OPTIN_TIME,"Zip Code",TAGS\r
ada@mc.test,Ada,"Lovelace, Countess",2,"2024-01-01 10:00:00",W1,"""a"",""b"""\r
Łukasz@mc.test,Łukasz,"line one
line two",,,,\r
li@mc.test,李,محمد,5,,,"👩‍🚀 café"\r
`;
    const status = await bench.run(file, { listName: 'Mailchimp' });
    expect(status).toMatchObject({ state: 'completed', progress: 100, total: 3, counts: { inserted: 3 }, error: null });
    expect(await bench.contact('ada@mc.test')).toMatchObject({
      first_name: 'Ada',
      last_name: 'Lovelace, Countess',
      attributes: { memberRating: 2, optinTime: '2024-01-01 10:00:00', zipCode: 'W1' },
      tags: ['a', 'b'],
    });
    expect((await bench.contact('łukasz@mc.test')).last_name).toBe('line one\nline two');
    expect(await bench.contact('li@mc.test')).toMatchObject({
      first_name: '李',
      last_name: 'محمد',
      tags: ['👩‍🚀 café'],
    });
    expect(await bench.members('Mailchimp')).toHaveLength(3);
  });

  it("reads listmonk's and Brevo's, and keeps who had opted out as unsubscribed", async () => {
    await bench.run(
      'uuid,email,name,attributes,status\nu1,lm1@x.test,Lee Monk,"{""city"": ""Pune"", ""n"": 3}",enabled\nu2,lm2@x.test,B,{},blocklisted\n',
      { listName: 'lm' },
    );
    expect(await bench.contact('lm1@x.test')).toMatchObject({
      name: 'Lee Monk',
      attributes: { city: 'Pune', n: 3, uuid: 'u1', status: 'enabled' },
    });
    expect(await bench.members('lm')).toEqual([
      { email_key: 'lm1@x.test', status: 'subscribed' },
      { email_key: 'lm2@x.test', status: 'unsubscribed' },
    ]);
    await bench.run('CONTACT ID;EMAIL;FIRSTNAME;LASTNAME;SMS\n1;brevo@x.test;Bre;Vo;+49 1\n');
    expect(await bench.contact('brevo@x.test')).toMatchObject({
      first_name: 'Bre',
      last_name: 'Vo',
      attributes: { contactId: 1, sms: '+49 1' },
    });
  });

  it.each<[string, string | Buffer, object]>([
    ['semicolons', 'email;name\nsemi@x.test;A, B\n', { email_key: 'semi@x.test', name: 'A, B' }],
    ['tabs', 'email\tname\ntab@x.test\tT\n', { email_key: 'tab@x.test', name: 'T' }],
    ['bare LF and no line break at the end', 'email,name\nlf@x.test,L', { email_key: 'lf@x.test', name: 'L' }],
    ['bare CR', 'email,name\rcr@x.test,C\r', { email_key: 'cr@x.test', name: 'C' }],
    [
      'windows-1252',
      Buffer.from('email,name\nlatin@x.test,Zo\xeb \x80\n', 'latin1'),
      { email_key: 'latin@x.test', name: 'Zoë €' },
    ],
    [
      'UTF-16',
      Buffer.from('\uFEFFemail,name\nwide@x.test,Zoë\n', 'utf16le'),
      { email_key: 'wide@x.test', name: 'Zoë' },
    ],
    [
      'empty lines and rows of commas',
      'email,name\n\n,,\nempty@x.test,E\n,\n',
      { email_key: 'empty@x.test', name: 'E' },
    ],
  ])('takes %s', async (_name, file, expected) => {
    const status = await bench.run(file);
    expect(status).toMatchObject({ state: 'completed', total: 1, counts: { inserted: 1, invalid: 0 } });
    expect(await bench.contact((expected as { email_key: string }).email_key)).toMatchObject(expected);
  });

  it('reads JSON lines', async () => {
    const lines = [
      '{"email":"j1@x.test","firstName":"J","tags":["a"],"attributes":{"city":"Bonn"}}',
      '',
      '7',
      '{"email":5}',
      '{"email":"J1@x.test","lastName":"K","x":"\\ud800\\u0000"}',
    ];
    const status = await bench.run(lines.join('\n'), { name: 'leads.jsonl' });
    expect(status).toMatchObject({ state: 'completed', counts: { inserted: 1, duplicate: 1, invalid: 2 } });
    expect(await bench.contact('j1@x.test')).toMatchObject({
      first_name: 'J',
      last_name: 'K',
      tags: ['a'],
      attributes: { city: 'Bonn', x: '' },
    });
  });

  it.each([
    ['nothing', '', /empty/],
    ['no addresses', 'Vorname,Telefon\nA,1\n', /The columns found are: "Vorname", "Telefon"/],
    ['a header that is never closed', '"email,name\na@x.test,b\n', /header row.*never closed/],
  ])('refuses a file with %s at once', async (_name, file, message) => {
    await expect(bench.start(file)).rejects.toMatchObject({
      code: 'CSV_MALFORMED',
      message: expect.stringMatching(message),
    });
  });
});
