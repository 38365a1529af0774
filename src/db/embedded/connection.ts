/** How to reach the database; `pg` takes it as it is. */
export interface EmbeddedConnection {
  /** The directory of the Unix socket (on Windows the loopback address). */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** The same as one string, for a child process: a socket's directory is a parameter, because it cannot be a host. */
export function connectionUrl(connection: EmbeddedConnection): string {
  const { host, port, user, password, database } = connection;
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  if (!host.startsWith('/')) return `postgresql://${login}@${host}:${port}/${database}`;
  return `postgresql://${login}@/${database}?host=${encodeURIComponent(host)}&port=${port}`;
}
