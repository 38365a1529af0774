/** The same server, another database. Not by the URL class: it refuses an address without a host, as a socket's is. */
export function databaseUrl(url: string, database: string): string {
  return url.replace(/^([a-z]+:\/\/[^/?]*)(\/[^?]*)?/, `$1/${database}`);
}
