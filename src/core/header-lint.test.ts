import { describe, expect, it } from 'vitest';
import { headerFindings, oneClickFinding } from './header-lint.ts';

const about = (fromName: string | null, subject: string) =>
  headerFindings({ fromName }, { subject }).map((finding) => finding.about);

describe('headers before a launch', () => {
  it.each(['Re: your order', 'FWD: news', ' Aw: Hallo', 'RE[2]: again'])(
    'are misleading with the subject %s',
    (subject) => {
      expect(about('Acme', subject)).toEqual(['subject-line']);
    },
  );

  it.each(['{{ firstName }}', 'Acme ✅', 'news@acme.test'])('are doubtful with the sender name %s', (name) => {
    expect(about(name, 'News')).toEqual(['from-name']);
  });

  it('are fine otherwise', () => {
    expect(about('Acme & Söhne 3', 'Reply to win? Regarding: {{ firstName }}')).toEqual([]);
    expect(about(null, '')).toEqual([]);
  });

  it('want an address for one click that mailboxes can reach', () => {
    const level = (url: string) => oneClickFinding(url).level;
    expect(['https://mail.acme.test', 'http://mail.acme.test', 'https://localhost:3000'].map(level)).toEqual([
      'good',
      'trouble',
      'trouble',
    ]);
  });
});
