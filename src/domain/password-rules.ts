/**
 * What a password must be, after NIST SP 800-63B section 5.1.1.2: long enough, and none of those that everybody tries first.
 * No rule about digits or signs: they make people choose worse ones.
 */
const SHORTEST_PASSWORD = 12;
/** Argon2 reads all of it; longer ones only cost time. */
export const LONGEST_PASSWORD = 256;

const FEWEST_CHARACTERS = 5;
const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'qwertzuiop',
  'azertyuiop',
  'asdfghjkl',
  'zxcvbnm',
];
const SHORTEST_RUN = 3;
/** Words that people make long passwords of; what is left beside them must not be almost nothing. */
const WORDS = [
  'password',
  'passwort',
  'letmein',
  'welcome',
  'admin',
  'administrator',
  'postrider',
  'changeme',
  'secret',
  'iloveyou',
  'monkey',
  'dragon',
  'football',
  'baseball',
  'master',
  'login',
  'default',
  'test',
];
const LEAST_LEFT = 6;
const SHORTEST_WORD = 4;

/** Why it will not do, to be said behind "password"; null when it will. `own`: the person's address and name. */
export function passwordFault(password: string, own: readonly string[] = []): string | null {
  const length = [...password].length;
  if (length < SHORTEST_PASSWORD) return `needs at least ${SHORTEST_PASSWORD} characters; several words do well`;
  if (length > LONGEST_PASSWORD) return `may have at most ${LONGEST_PASSWORD} characters`;
  const plain = password.toLowerCase();
  if (new Set(plain).size < FEWEST_CHARACTERS || isRepeated(plain))
    return 'repeats itself: it would be guessed at once';
  if (withoutRuns(plain).length < LEAST_LEFT) return 'is a row of keys or letters: it would be guessed at once';
  if (withoutWords(plain, own).length < LEAST_LEFT)
    return 'is made of words that are tried first: add others of your own';
  return null;
}

/** "abcabcabcabc" */
function isRepeated(text: string): boolean {
  for (let unit = 1; unit <= text.length / 2; unit++)
    if (text.length % unit === 0 && text.slice(0, unit).repeat(text.length / unit) === text) return true;
  return false;
}

/** What is left without runs along the keyboard or the alphabet, forwards and backwards. */
function withoutRuns(text: string): string {
  let left = '';
  for (let at = 0; at < text.length; ) {
    const run = longestRun(text, at);
    if (run < SHORTEST_RUN) left += text[at];
    at += run < SHORTEST_RUN ? 1 : run;
  }
  return left;
}

function longestRun(text: string, at: number): number {
  let longest = 1;
  for (const row of ROWS) {
    for (const keys of [row, [...row].reverse().join('')]) {
      let length = longest + 1;
      while (at + length <= text.length && keys.includes(text.slice(at, at + length))) longest = length++;
    }
  }
  return longest;
}

function withoutWords(text: string, own: readonly string[]): string {
  const mine = own
    .flatMap((words) => [words, ...words.split(/[^\p{L}\p{N}]+/u)])
    .filter((word) => word.length >= SHORTEST_WORD)
    .map((word) => word.toLowerCase());
  let left = unmasked(text);
  for (const word of [...mine, ...WORDS].sort((a, b) => b.length - a.length))
    left = left.replaceAll(unmasked(word), '');
  return withoutRuns(left);
}

/** p@ssw0rd is password. */
function unmasked(text: string): string {
  return text.replaceAll('@', 'a').replaceAll('0', 'o').replaceAll('$', 's');
}
