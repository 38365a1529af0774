/** Mailboxes of a function instead of a person: RFC 2142, and what mail providers refuse in subscriber lists. */
const ROLES = new Set(
  `abuse accounting accounts admin administrator billing careers contact customerservice devnull dns enquiries ftp hello help
  helpdesk hostmaster hr info inquiries investorrelations it jobs legal list list-request mail mailer-daemon marketing media
  news newsletter no-reply nobody noc noreply office ops orders postmaster press privacy recruiting remove request returns
  root sales security service spam staff subscribe support sysadmin team tech undisclosed-recipients unsubscribe usenet uucp
  webmaster www`.split(/\s+/),
);

/** Where most people's mailboxes are. */
const POPULAR =
  `gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.fr yahoo.de hotmail.com hotmail.co.uk hotmail.fr outlook.com
  live.com icloud.com protonmail.com comcast.net verizon.net gmx.de gmx.net web.de t-online.de orange.fr wanadoo.fr
  laposte.net libero.it virgilio.it rambler.ru yandex.ru bigpond.com rediffmail.com`.split(/\s+/);

/** Domains of their own that are one letter from a popular one. */
const OTHERS = new Set(
  'mail.com ymail.com gmx.com gmx.at gmx.ch gmx.fr gmx.us hotmail.de hotmail.es hotmail.it outlook.de'.split(' '),
);

/** Top-level domains that do not exist and are typed for ones that do. */
const WRONG_ENDS: ReadonlyMap<string, string> = new Map([
  ['con', 'com'],
  ['cmo', 'com'],
  ['ocm', 'com'],
  ['comm', 'com'],
  ['vom', 'com'],
  ['xom', 'com'],
  ['nett', 'net'],
  ['ogr', 'org'],
]);

const MOST_KEPT = 10_000;
const hints = new Map<string, string | null>();

/** Whether the part before the @ names a function instead of a person. */
export function isRole(localPart: string): boolean {
  return ROLES.has(localPart.toLowerCase());
}

/** The domain that was probably meant: one letter left out, doubled, swapped or mistyped; null when there is nothing to say. */
export function typoHint(domain: string): string | null {
  const known = hints.get(domain);
  if (known !== undefined) return known;
  if (hints.size >= MOST_KEPT) hints.clear();
  const hint = findHint(domain);
  hints.set(domain, hint);
  return hint;
}

function findHint(domain: string): string | null {
  if (OTHERS.has(domain) || POPULAR.includes(domain)) return null;
  const popular = POPULAR.find((name) => isOneEditAway(domain, name));
  if (popular !== undefined) return popular;
  const dot = domain.lastIndexOf('.');
  const end = WRONG_ENDS.get(domain.slice(dot + 1));
  if (end === undefined) return null;
  const mended = `${domain.slice(0, dot)}.${end}`;
  return POPULAR.find((name) => isOneEditAway(mended, name)) ?? mended;
}

/** Damerau's distance of one: a letter more, less or other, or two neighbours swapped. */
function isOneEditAway(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  if (restA.length !== restB.length) return restA.slice(1) === restB || restA === restB.slice(1);
  const isSwapped = restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
  return restA.slice(1) === restB.slice(1) || isSwapped;
}
