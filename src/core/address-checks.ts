import type { AddressChecks, AddressFindings, AddressNote } from '../contract/imports.ts';
import { isRole, typoHint } from '../domain/address-notes.ts';
import type { Lead, Reject } from './lead.ts';
import { MailExchangers } from './mail-exchangers.ts';

const MOST_EXAMPLES = 20;

const REASONS: Readonly<Record<AddressNote, string>> = {
  role: 'it is the mailbox of a function, not of a person',
  disposable: 'its domain gives away addresses for minutes',
  typo: 'its domain is probably mistyped',
  mx: 'its domain takes no mail: it has no mail server in the DNS',
};

/** Looks at addresses that are right as such, and refuses or only notes what may be wrong with them. */
export class AddressInspector {
  readonly #checks: AddressChecks;
  readonly #disposable: ReadonlySet<string>;
  readonly #exchangers: MailExchangers;
  readonly #findings: Partial<
    Record<AddressNote, { rows: number; examples: Array<{ row: number; value: string; hint: string | null }> }>
  >;

  /** `found`: what was noted in rows before, of an import that goes on. */
  static async open(
    checks: AddressChecks,
    found: AddressFindings,
    exchangers = new MailExchangers(),
  ): Promise<AddressInspector> {
    // 400 KB that only imports need.
    const { disposableEmailBlocklistSet } = await import('disposable-email-domains-js');
    return new AddressInspector(checks, found, disposableEmailBlocklistSet(), exchangers);
  }

  private constructor(
    checks: AddressChecks,
    found: AddressFindings,
    disposable: ReadonlySet<string>,
    exchangers: MailExchangers,
  ) {
    this.#checks = checks;
    this.#findings = structuredClone(found);
    this.#disposable = disposable;
    this.#exchangers = exchangers;
  }

  /** As they are now. */
  get findings(): AddressFindings {
    return structuredClone(this.#findings);
  }

  /** Null: the row is taken. */
  inspect(lead: Lead): Reject | null {
    const { emailKey } = lead;
    const at = emailKey.lastIndexOf('@');
    const domain = emailKey.slice(at + 1);
    if (isRole(emailKey.slice(0, at))) {
      const refused = this.#note('role', lead, null);
      if (refused) return refused;
    }
    const hint = typoHint(domain);
    if (hint !== null) return this.#note('typo', lead, hint); // many of them are for sale, or give addresses away
    return this.#disposable.has(domain) ? this.#note('disposable', lead, null) : null;
  }

  /** Asks the DNS about the domains of some rows; those that are refused. */
  async askAboutDomains(leads: readonly Lead[]): Promise<Array<{ lead: Lead; reject: Reject }>> {
    if ((this.#checks.mx ?? 'off') === 'off') return [];
    const without = await this.#exchangers.findWithout(leads.map(domainOf));
    const found = without.size === 0 ? [] : leads.filter((lead) => without.has(domainOf(lead)));
    return found.flatMap((lead) => {
      const reject = this.#note('mx', lead, null);
      return reject ? [{ lead, reject }] : [];
    });
  }

  #note(note: AddressNote, { rowNo, email }: Lead, hint: string | null): Reject | null {
    const found = this.#findings[note] ?? { rows: 0, examples: [] };
    this.#findings[note] = found;
    found.rows++;
    if (found.examples.length < MOST_EXAMPLES) found.examples.push({ row: rowNo, value: email, hint });
    if (this.#checks[note] !== 'refuse') return null;
    const meant = hint === null ? '' : `, ${hint} may be meant`;
    return { rowNo, field: 'email', value: email, reason: `${REASONS[note]}${meant}` };
  }
}

function domainOf({ emailKey }: Lead): string {
  return emailKey.slice(emailKey.lastIndexOf('@') + 1);
}
