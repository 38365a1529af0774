import type { Finding } from '../contract/content.ts';

/** One line of what to look at before a launch. */
export function launchFinding(
  about: Finding['about'],
  level: Finding['level'],
  message: string,
  details: string[] = [],
): Finding {
  return { about, level, message, details };
}
