import { describe, expect, it } from 'vitest';
import { diagnose } from './diagnosis.ts';

/** What common mail systems say, each by the status it gives beside it; null where it gives none. */
const GONE: ReadonlyArray<readonly [string | null, string]> = [
  ['5.1.1', '550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in virtual mailbox table'],
  ['5.1.1', '550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking'],
  ['5.1.10', '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient a@b.example not found by SMTP address lookup'],
  ['5.4.1', '550 5.4.1 Recipient address rejected: Access denied. AS(201806281)'],
  ['5.3.0', '553 5.3.0 <a@b.example>... Addressee unknown, relay=[192.0.2.1]'],
  [null, '550 a@b.example... User unknown'],
  [null, '550 No such user here (in reply to RCPT TO command)'],
  ['5.1.1', 'Sorry, no mailbox here by that name. (#5.1.1)'],
  ['5.1.2', "Sorry, I couldn't find any host named nowhere.example. (#5.1.2)"],
  ['5.0.0', '550 Unrouteable address'],
  ['5.0.0', 'all relevant MX records point to non-existent hosts'],
  ['5.0.0', 'SMTP error from remote mail server after RCPT TO:<a@b.example>: 550 Unknown user'],
  ['5.4.4', 'Host or domain name not found. Name service error for name=gone.example type=AAAA: Host not found'],
  ['5.4.310', '550 5.4.310 DNS domain gone.example does not exist [Message=InfoDomainNonexistent]'],
  ['5.1.351', '550 5.1.351 Remote server returned unknown recipient or mailbox unavailable -> 550 No such user'],
  ['5.1.0', 'Domain b.example does not accept mail (nullMX)'],
  [null, "554 delivery error: dd This user doesn't have a yahoo.example account (a@yahoo.example) [-5] - mta1"],
  [null, '550 #5.1.0 Address rejected.'],
  [null, '550 Invalid recipient a@b.example (Mode: normal) (in reply to RCPT TO command)'],
  [null, '551 5.1.6 User not local; please try <c@d.example>'],
  [
    null,
    '550 Message was not accepted -- invalid mailbox. Local mailbox a@mail.example is unavailable: user not found',
  ],
  [null, '550 permanent failure for one or more recipients (a@b.example:550 5.1.1 User unknown)'],
  [null, '550 5.5.0 Adresse inconnue (in reply to RCPT TO)'],
  [null, '550 5.1.0 Benutzer unbekannt (RCPT TO)'],
  [null, '550 <a@b.example> Utilisateur inconnu (in reply to RCPT TO command)'],
  [null, '550 a@b.example: mailbox is unavailable (in reply to RCPT TO command)'],
  [null, '553 sorry, this recipient is not in my validrcptto list (in reply to RCPT TO command)'],
  [null, '550 sorry, your envelope recipient is in my badrcptto list (in reply to RCPT TO command)'],
  [null, '550 There is no one at this address (in reply to RCPT TO command)'],
  [null, '550 <a@b.example> not found (in reply to RCPT TO command)'],
  [null, '550 this spectator does not exist (in reply to RCPT TO command)'],
  [null, '550 Address not present in directory (in reply to RCPT TO command)'],
  [null, "550 can't accept user (in reply to RCPT TO command)"],
  [null, '553 5.3.0 <a@b.example>... recipient domain must exist (in reply to RCPT TO command)'],
];
const STAYS: ReadonlyArray<readonly [string | null, string]> = [
  ['5.2.1', '550 5.2.1 The email account that you tried to reach is disabled.'],
  ['5.2.1', '550 5.2.1 <a@b.example>... User Unknown'],
  [null, '554 Refused due to recipient preferences (in reply to RCPT TO command)'],
  [null, '550 you have been blocked by the recipient (in reply to RCPT TO command)'],
  ['5.0.0', '550 Recipient not accepted. (BATV: no tag) (in reply to RCPT TO command)'],
  ['5.7.1', '504 5.5.2 <mail>: HELO command rejected: Host not found (in reply to RCPT TO command)'],
  ['5.0.0', 'DNS records for the destination computer could not be found'],
  ['5.2.2', '552 5.2.2 The email account that you tried to reach is over quota and inactive.'],
  ['5.7.1', '550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy'],
  ['5.7.133', '550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required'],
  ['5.7.1', '550 5.7.1 Unable to relay for a@b.example'],
  [null, '550 Requested action not taken: mailbox unavailable'],
  [
    '4.4.1',
    "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1) this message has been in the queue too long.",
  ],
  ['5.0.0', 'SMTP error from remote mail server after end of data: 550 This message scored too many points'],
  [
    '5.0.0',
    'SMTP error from remote mail server after RCPT TO:<a@b.example>: 550-Verification failed for <n@o.example>',
  ],
  ['5.4.4', 'Name service error for name=gone.example type=MX: Host not found, try again'],
  ['5.4.6', 'mail for b.example loops back to myself'],
  ['5.2.3', '552 5.2.3 Message exceeds local size limit'],
  ['5.7.1', '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org'],
  ['5.7.606', '550 5.7.606 Access denied, banned sending IP [192.0.2.1]'],
  ['5.7.26', '550-5.7.26 This mail has been blocked because the sender is unauthenticated.'],
  ['5.7.25', '550-5.7.25 The IP address sending this message does not have a PTR record setup'],
  [null, '550 mail not accepted because the recipient mailbox is over its quota'],
  ['5.6.0', '554 5.6.0 message infected with virus'],
  [null, '550 csi.mimecast.org Poor Reputation Sender.'],
  [null, '550 permanent failure for one or more recipients (a@b.example:blocked)'],
  ['5.1.8', '553 5.1.8 <n@o.example>... Domain of sender address n@o.example does not exist'],
  [null, 'malformed address: <c@d.example> may not follow a@b.example'],
  ['5.4.316', '550 5.4.316 Message expired, connection refused(Socket error code 10061)'],
];

const read = (status: string | null, words: string) =>
  diagnose({ status, words, more: '', afterData: /after end of data/.test(words), delayed: false });

describe('the words of a bounce', () => {
  it.each(GONE)('end the address: %s %s', (status, words) => {
    expect(read(status, words)).toMatchObject({ hard: true });
  });

  it.each(STAYS)('say nothing for good of the address: %s %s', (status, words) => {
    expect(read(status, words)).toMatchObject({ hard: false });
  });

  it.each([
    ['Delivery failed 20 attempts', '5.0.947'],
    ['The mailbox of the recipient is full', '5.0.922'],
    ['No such user here', '5.0.910'],
    ['Unrouteable address', '5.0.912'],
    ['We do not like this', '5.0.900'],
  ])('without a status get one that says so: %s', (words, status) => {
    expect(read(null, words)).toMatchObject({ status, statusDerived: true });
  });

  it('with a status keep it', () => {
    expect(read('5.1.1', '550 5.1.1 User unknown')).toMatchObject({ status: '5.1.1', statusDerived: false });
  });
});
