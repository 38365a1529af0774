/** What domain-wide delegation is to be given for, as the product asks for it: to send, to search after a lost answer, to read users. */
export const DELEGATED_SCOPES = [
  'https://www.googleapis.com/auth/gmail.send',
  'https://www.googleapis.com/auth/gmail.readonly',
  'https://www.googleapis.com/auth/admin.directory.user.readonly',
] as const;

/** The client ID in a service account's file; null while that is not one. */
export function clientIdOf(text: string): string | null {
  try {
    const file: unknown = JSON.parse(text);
    if (typeof file !== 'object' || file === null || !('client_id' in file)) return null;
    return typeof file.client_id === 'string' ? file.client_id : null;
  } catch {
    return null;
  }
}
