// Who is never sent to: the one place that says it, in SQL. The gate asks it for every message; expansion, forecast, counts
// and campaigns under way have to agree with the gate, so they ask the same.
//
// An address is bound by a suppression of itself, of its domain or a domain above that, or of its hash (SHA-256 or MD5 of
// email_key), unless that has expired. Domains and hashes cost one more look-up a row, and hashing; a workspace that has none
// (suppression_scopes) pays one look-up a statement for that, whatever number of rows it is about.
// Measured, with the alternatives: docs/adr/0018-one-meaning-of-suppressed.md.
// Rejected: looking every address up under all its keys always; a subquery for each kind of key (starting a statement costs
// some microseconds for every index it may read, whether it does or not); writing the addresses of a suppressed domain out
// (it would miss those that come later).

/**
 * SQL condition, never null. `workspace`: a parameter, not a column, so that it is the same for every row; `key`: a column
 * like email_key, false where that is null. Scalar subqueries on purpose: a plan that hashes the whole suppression list of a
 * workspace for a few rows is never chosen for them. `heedsWishes`: SQL condition, whether those bind who only asked for no
 * more mailings (unsubscribed, paused); without it they do.
 */
export function suppressedSql(workspace: string, key: string, heedsWishes?: string): string {
  const wishes = heedsWishes === undefined ? '' : ` and (s.reason not in ('unsubscribed', 'paused') or ${heedsWishes})`;
  const found = (keys: string) => `coalesce((select true ${entry(workspace, keys)}${wishes} limit 1), false)`;
  return `(${found(`= ${key}`)} or ${widely(workspace, key, found)})`;
}

/** Whether an audience heeds such wishes: all do but those of single emails that were asked to reach even them. */
export function heedsWishes(audience: string): string {
  return `(${audience}->'evenIfUnsubscribed' is distinct from 'true'::jsonb)`;
}

/** The same of a campaign, by its id. */
export function heedsWishesSql(campaignId: string): string {
  return `(select ${heedsWishes('c.audience')} from campaigns c where c.id = ${campaignId})`;
}

/** The opposite, for statements about a whole audience: addresses may be compared all at once, by hashing them. */
export function notSuppressedSql(workspace: string, key: string): string {
  const found = (keys: string) => `exists (select 1 ${entry(workspace, keys)})`;
  return `not ${found(`= ${key}`)} and not ${widely(workspace, key, found)}`;
}

function entry(workspace: string, keys: string): string {
  return `from suppressions s where s.workspace_id = ${workspace} and s.email_key ${keys}
      and (s.expires_at is null or s.expires_at > now())`;
}

/** What is not asked because the workspace has no such entries is not run: CASE keeps the order, OR need not. */
function widely(workspace: string, key: string, found: (keys: string) => string): string {
  const scopes = `from suppression_scopes x where x.workspace_id = ${workspace}`;
  const keys = `= any(suppression_keys(${key}, (select array_agg(x.scope) ${scopes})))`;
  return `(case when exists (select 1 ${scopes}) then ${found(keys)} else false end)`;
}
