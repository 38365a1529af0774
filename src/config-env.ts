import { isIP } from 'node:net';
import { AppError, type ErrorDetail } from './errors.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** Reads variables one by one, and gathers what is wrong with them, so that one message can name every problem. */
export class EnvReader {
  readonly #values: Env;
  readonly #problems: ErrorDetail[] = [];

  /** `overrides` win over `env`. */
  constructor(env: Env, overrides: Env) {
    const given = Object.entries(overrides).filter(([, value]) => value !== undefined);
    this.#values = { ...env, ...Object.fromEntries(given) };
  }

  problem(name: string, message: string): void {
    this.#problems.push({ path: name, message });
  }

  text(name: string): string | null {
    const value = this.#values[name]?.trim();
    return value ? value : null;
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const text = this.text(name);
    if (text === null) return fallback;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    this.problem(name, `must be a whole number from ${min} to ${max}, but is "${text}"`);
    return fallback;
  }

  boolean(name: string, fallback: boolean): boolean {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined) return fallback;
    if (['true', '1', 'yes', 'on'].includes(text)) return true;
    if (['false', '0', 'no', 'off'].includes(text)) return false;
    this.problem(name, `must be true or false, but is "${text}"`);
    return fallback;
  }

  oneOf(name: string, allowed: readonly string[], fallback: string): string {
    const text = this.text(name);
    if (text === null) return fallback;
    if (allowed.includes(text)) return text;
    this.problem(name, `must be one of ${allowed.join(', ')}, but is "${text}"`);
    return fallback;
  }

  url(name: string, protocols: readonly string[]): string | null {
    const text = this.text(name);
    if (text === null) return null;
    // A socket address (`postgresql:///db?host=/run/…`, `postgresql://u:p@/db`) has no host, which the URL class refuses.
    const protocol = /^([a-z]+:)\/\//i.exec(text)?.[1]?.toLowerCase();
    if (protocol && protocols.includes(protocol)) return text;
    this.problem(name, `must be an address that begins with ${protocols.map((p) => `${p}//`).join(' or ')}`);
    return null;
  }

  /** Addresses and CIDRs with commas between them. */
  networks(name: string): string | null {
    const text = this.text(name);
    if (text === null) return null;
    const wrong = text.split(',').find((part) => !isNetwork(part.trim()));
    if (wrong === undefined) return text;
    this.problem(
      name,
      `must be addresses or CIDRs like 10.0.0.0/8 with commas between them, but holds "${wrong.trim()}"`,
    );
    return null;
  }

  finish(): void {
    if (this.#problems.length === 0) return;
    const lines = this.#problems.map(({ path: name, message }) => `  ${name} ${message}`);
    throw new AppError(
      'CONFIG_INVALID',
      `The configuration has ${lines.length === 1 ? 'a problem' : `${lines.length} problems`}:\n${lines.join('\n')}`,
      {
        details: this.#problems,
      },
    );
  }
}

function isNetwork(text: string): boolean {
  const [address = '', bits] = text.split('/');
  const family = isIP(address);
  return family !== 0 && (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)));
}
