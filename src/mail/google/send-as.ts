const FROM = /^From:((?:[^\r]|\r\n[ \t])*)\r\n/im;
const REPLY_TO = /^Reply-To:/im;
const ADDRESS = /<[^<>]*>\s*$/;

/**
 * The message as a user sends it: From is the user's address, with the name that it had; answers go where the message says, or
 * else to the address that it was from. Headers of ours are ASCII, so latin1 keeps every byte of them.
 */
export function sendAs(raw: Buffer, user: string): Buffer {
  const end = raw.indexOf('\r\n\r\n');
  const head = raw.subarray(0, end + 2).toString('latin1');
  const from = FROM.exec(head);
  if (end < 0 || from === null) return raw;
  const [line, was = ''] = from;
  const address = (/<([^<>]*)>\s*$/.exec(was)?.[1] ?? was).trim();
  if (address.toLowerCase() === user.toLowerCase()) return raw;
  const now = ADDRESS.test(was) ? was.replace(ADDRESS, () => `<${user}>`) : ` ${user}`;
  const replyTo = REPLY_TO.test(head) ? '' : `Reply-To:${was}\r\n`;
  const changed = head.replace(line, () => `From:${now}\r\n${replyTo}`);
  return Buffer.concat([Buffer.from(changed, 'latin1'), raw.subarray(end + 2)]);
}
