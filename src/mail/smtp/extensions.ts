/** What a server offers in its answer to EHLO (RFC 5321 section 4.1.1.1), as far as we use it. */
export interface Extensions {
  /** First words of every line, upper case, in the server's order. */
  readonly names: readonly string[];
  readonly startTls: boolean;
  readonly pipelining: boolean;
  /** BDAT in the place of DATA (RFC 3030). */
  readonly chunking: boolean;
  readonly eightBitMime: boolean;
  readonly smtpUtf8: boolean;
  /** RFC 1870: null when SIZE is not offered, 0 when no limit is told. */
  readonly sizeLimit: number | null;
  readonly authMechanisms: ReadonlySet<string>;
}

export const NO_EXTENSIONS: Extensions = {
  names: [],
  startTls: false,
  pipelining: false,
  chunking: false,
  eightBitMime: false,
  smtpUtf8: false,
  sizeLimit: null,
  authMechanisms: new Set(),
};

/** `lines` is the reply without codes; the first line is the greeting, not an extension. */
export function parseExtensions(lines: readonly string[]): Extensions {
  const names = new Set<string>();
  const authMechanisms = new Set<string>();
  let sizeLimit: number | null = null;
  for (const line of lines.slice(1)) {
    // "AUTH=LOGIN" is how servers before RFC 2554 wrote it, and some still do beside the right form.
    const [name = '', ...parameters] = line.trim().toUpperCase().replace('AUTH=', 'AUTH ').split(/\s+/);
    if (name === '') continue;
    names.add(name);
    if (name === 'AUTH') for (const mechanism of parameters) authMechanisms.add(mechanism);
    if (name === 'SIZE') sizeLimit = /^\d{1,15}$/.test(parameters[0] ?? '') ? Number(parameters[0]) : 0;
  }
  return {
    names: [...names],
    startTls: names.has('STARTTLS'),
    pipelining: names.has('PIPELINING'),
    chunking: names.has('CHUNKING'),
    eightBitMime: names.has('8BITMIME'),
    smtpUtf8: names.has('SMTPUTF8'),
    sizeLimit,
    authMechanisms,
  };
}
