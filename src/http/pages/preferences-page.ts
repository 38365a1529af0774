import { PAUSE_MONTHS, type Preferences } from '../../core/preferences.ts';
import type { Topic } from '../../db/topics.ts';
import { doneNotice, escapeHtml, maskEmail, page } from './page.ts';
import { REASON } from './unsubscribe-page.ts';

/** What somebody receives and how to change it; `done` says what was changed just now. */
export function preferencesPage(preferences: Preferences, done: string | null): string {
  const { owner, topics } = preferences;
  const parts = [
    done === null ? '' : doneNotice(done),
    `<p>For <strong>${escapeHtml(maskEmail(owner.email))}</strong>.${stateOf(preferences)}</p>`,
    topics.length === 0 ? '' : topicForm(topics),
    pauseForm(preferences),
    trackingForm(preferences.untracked),
    preferences.stopped === null ? LEAVE_ALL : '',
  ];
  return page({ title: 'What you receive', brand: owner.sender, body: parts.filter((part) => part !== '').join('\n') });
}

function stateOf({ stopped, topics, pausedUntil }: Preferences): string {
  if (stopped === 'own')
    return ` You are unsubscribed from everything.${topics.length > 0 ? ' Choose a topic and save to come back.' : ''}`;
  if (stopped === 'other') return ' The sender keeps this address from being sent to, whatever you choose here.';
  return pausedUntil === null ? '' : ` Paused until <strong>${day(pausedUntil)}</strong>.`;
}

function topicForm(topics: readonly Topic[]): string {
  return `<form method="post"><fieldset><legend>Topics</legend>
${topics.map(choiceOf).join('\n')}
</fieldset>
${topics.map(({ id }) => `<input type="hidden" name="shown" value="${id}">`).join('')}
<div class="actions"><button type="submit" name="action" value="save">Save topics</button></div></form>`;
}

function choiceOf({ id, name, description, subscribed }: Topic, at: number): string {
  const hint = description ? `<span class="hint" id="about-${at}">${escapeHtml(description)}</span>` : '';
  const described = description ? ` aria-describedby="about-${at}"` : '';
  return `<div class="choice"><input type="checkbox" id="topic-${at}" name="topic" value="${id}"${subscribed ? ' checked' : ''}${described}>
<label for="topic-${at}">${escapeHtml(name)}</label>${hint}</div>`;
}

function pauseForm({ pausedUntil, stopped }: Preferences): string {
  if (stopped !== null) return '';
  const lengths = PAUSE_MONTHS.map(
    (months) => `<option value="${months}">${months === 1 ? '1 month' : `${months} months`}</option>`,
  ).join('');
  const end = '<button class="quiet" type="submit" name="action" value="resume">End the pause now</button>';
  return `<section aria-labelledby="pause"><h2 id="pause">${pausedUntil === null ? 'Take a break' : 'Your pause'}</h2>
<p class="muted">Nothing is sent to you in the meantime. After it everything goes on as before.</p>
<form method="post"><div class="field"><label for="months">Pause for</label><select id="months" name="months">${lengths}</select></div>
<div class="actions"><button class="quiet" type="submit" name="action" value="pause">${pausedUntil === null ? 'Pause' : 'Change the pause'}</button>
${pausedUntil === null ? '' : end}</div></form></section>`;
}

function trackingForm(untracked: boolean): string {
  const words = untracked
    ? 'What you open and which links you follow is not noted.'
    : 'The sender may see which messages you open and which links you follow.';
  const button = untracked
    ? '<button class="quiet" type="submit" name="action" value="track">Let it be noted again</button>'
    : '<button class="quiet" type="submit" name="action" value="untrack">Do not note what I read</button>';
  return `<section aria-labelledby="tracking"><h2 id="tracking">What you read</h2>
<p class="muted">${words}</p>
<form method="post"><div class="actions">${button}</div></form></section>`;
}

const LEAVE_ALL = `<section aria-labelledby="leave"><h2 id="leave">Unsubscribe from everything</h2>
<p class="muted">No topics, no news, nothing any more. You can come back on this page.</p>
<form method="post">${REASON}
<div class="actions"><button class="quiet" type="submit" name="action" value="leave">Unsubscribe from everything</button></div></form></section>`;

export function day(at: Date): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    at,
  );
}
