/** Whether an address leads out of the message into the web: the only links that are counted or given parameters. */
export function isFollowable(url: string): boolean {
  return /^https?:\/\/\S+$/i.test(url) && URL.canParse(url);
}
