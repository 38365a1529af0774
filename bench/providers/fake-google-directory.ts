import type { FakeAnswer } from './fake-provider.ts';

export interface FakeUser {
  readonly email: string;
  readonly name: string;
  suspended?: boolean;
  archived?: boolean;
}

/** Admin SDK, users.list (developers.google.com/admin-sdk/directory/reference/rest/v1/users/list): pages of at most 500. */
export class FakeGoogleDirectory {
  users: FakeUser[];
  /** Fewer on a page than is asked for, to have several. */
  pageSize = 500;
  pages = 0;

  constructor(users: readonly FakeUser[]) {
    this.users = [...users];
  }

  /** Whom a token can be given for. */
  knows(email: string): boolean {
    return this.users.some((user) => user.email === email && user.suspended !== true);
  }

  answer(query: URLSearchParams): FakeAnswer {
    if (query.get('customer') !== 'my_customer') return { status: 400, body: { error: { message: 'Bad Request' } } };
    const asked = Number(query.get('maxResults') ?? 100);
    const size = Math.min(this.pageSize, asked, 500);
    const from = Number(query.get('pageToken') ?? 0);
    const page = this.users.slice(from, from + size);
    const next = from + size < this.users.length ? { nextPageToken: String(from + size) } : {};
    this.pages++;
    const users = page.map(({ email, name, suspended = false, archived = false }) => ({
      primaryEmail: email,
      name: { fullName: name },
      suspended,
      archived,
      isMailboxSetup: true,
    }));
    return { status: 200, body: { kind: 'admin#directory#users', users, ...next } };
  }
}
