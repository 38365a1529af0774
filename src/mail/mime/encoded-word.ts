/** RFC 2047 section 2: an encoded-word has at most 75 characters, and a line that holds one at most 76. */
const MAX_WORD = 75;
const MAX_LINE = 76;
const OVERHEAD = '=?UTF-8?Q??='.length;

/** One character of four octets, encoded. */
const WIDEST = 12;

/** What section 5 (3) allows in a phrase, and therefore everywhere. */
const Q_LITERAL = Uint8Array.from({ length: 128 }, (_, code) =>
  Number(/[A-Za-z0-9!*+/-]/.test(String.fromCharCode(code))),
);
const SPACE = 0x20;

interface Encoding {
  /** Characters needed for one more character, given its octets. B counts in octets and is measured by its budget. */
  readonly cost: (point: number) => number;
  readonly budget: (room: number) => number;
  readonly wrap: (text: string) => string;
}

const Q: Encoding = {
  cost: (point) => (isQLiteral(point) || point === SPACE ? 1 : 3 * octetsOf(point)),
  budget: (room) => room,
  wrap: (text) => `=?UTF-8?Q?${encodeQ(text)}?=`,
};
const B: Encoding = {
  cost: octetsOf,
  budget: (room) => Math.floor(room / 4) * 3,
  wrap: (text) => `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`,
};

/**
 * Writes a text as encoded-words, folded, in whichever of B and Q is shorter. `used` is what the first line holds already
 * (`Subject: `). No character is divided between words (section 5); combining marks may stand in the next one.
 */
export function encodeWords(text: string, used: number): string {
  const encoding = chooseEncoding(text);
  let words = '';
  let room = Math.min(MAX_WORD, MAX_LINE - used) - OVERHEAD;
  if (room < WIDEST) {
    words = '\r\n ';
    room = MAX_WORD - OVERHEAD;
  }
  let start = 0;
  let cost = 0;
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i) ?? 0;
    const next = encoding.cost(point);
    if (cost + next > encoding.budget(room)) {
      words += `${encoding.wrap(text.slice(start, i))}\r\n `;
      room = MAX_WORD - OVERHEAD;
      start = i;
      cost = 0;
    }
    cost += next;
    if (point > 0xffff) i++;
  }
  return words + encoding.wrap(text.slice(start));
}

function chooseEncoding(text: string): Encoding {
  let q = 0;
  let octets = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    q += Q.cost(point);
    octets += octetsOf(point);
  }
  return q <= Math.ceil(octets / 3) * 4 ? Q : B;
}

function isQLiteral(point: number): boolean {
  return Q_LITERAL[point] === 1;
}

function octetsOf(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}

function encodeQ(text: string): string {
  let encoded = '';
  for (const octet of Buffer.from(text)) {
    if (isQLiteral(octet)) encoded += String.fromCharCode(octet);
    else encoded += octet === SPACE ? '_' : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}
