import type { MailHeaders } from './mail-headers.ts';

const SENDER =
  /mailer[-_ ]?daemon|mail(?:er)? deliver(?:y|) (?:sub)?system|mail delivery|delivery[- ]?subsystem|^\s*<?>?\s*$|mail administrator|postmaster|post_master|mail[- ]?system|content-filter at|mdaemon|email delivery|mail-?er/i;
const SURE_SENDER = /mailer[-_ ]?daemon|mail deliver(?:y|) (?:sub)?system|^\s*<>\s*$/i;

const SUBJECT =
  /undeliver(?:able|ed)|non[- ]?(?:remis|deliv|delivery)|deliver(?:y|ed)?[^\n]{0,30}(?:fail|status|report|notification|problem|delay|error|warning|unsuccessful)|fail(?:ed|ure)?[^\n]{0,20}(?:deliver|notice|notification|mail)|failure notice|returned (?:to sender|mail|email)|mail (?:system error|could not|failure)|message (?:could not|delivery|not delivered|delayed|status)|(?:mail|message|delivery) (?:has )?(?:failed|failure)|can(?:not|'t) (?:send|deliver)|could not (?:send|be delivered|deliver)|unable to deliver|not delivered|warning: (?:message|could not)|postmaster notify|user unknown|address (?:not found|unknown)|nondeliverable|bounced? ?(?:mail|message)|considered unsolicited|loop alert|returned message|delivery (?:subsystem|incomplete)|mail (?:error|rejected|block)|mail deliver|blocked by|virus|unzustellbar|fehlgeschlagen|zur[üu]ckgesandt|[ée]chec|non remis|rechazad|no se (?:pudo|ha podido)|devuelt|non consegnat|mancata consegna|n[ãa]o entregue|недоставлен|не доставлено|возврат|エラー|配信|送信できません|未達|不達|退信|投递失败/i;

const BODY =
  /could not be delivered|couldn['’]t be delivered|(?:was|were|wasn['’]t|not|been) (?:not )?deliver(?:ed|able)|undeliverable|unable to deliver|delivery (?:to the following|has failed|failed|status)|failed permanently|permanent(?:ly)? (?:fatal )?error|did not reach the following|delivery (?:failure|problems?|errors?)|transcript of session|mail system at host|returned to sender|non-?delivery|(?:rejected|refused) by (?:a |the )?(?:remote|recipient)|invalid user address|recipients? (?:was|were) rejected|failure reasons|送信できませんでした|配信できません|届けられません|送信に失敗|ошибк|не может быть доставлено|duplicated message-id|did not like our|unsolicited bulk|said:\s*5\d\d|smtp error/i;

/** Whether a message is the report of a mail system, by who sent it, what it is called and what it says. */
export function looksLikeBounce(headers: MailHeaders, notice: string): boolean {
  if (headers.has('x-failed-recipients')) return true;
  const from = headers.get('from');
  const subject = headers.get('subject');
  const says = BODY.test(notice.slice(0, 16_000));
  if (SURE_SENDER.test(from) || (headers.has('from') && from === '')) return says || SUBJECT.test(subject);
  const nobody = /^\s*<\s*>/.test(headers.get('return-path'));
  if (SENDER.test(from)) return says || SUBJECT.test(subject);
  if (nobody || /^(?:no-?reply|admin|root|.{0,30}-admin)@/i.test(from.replace(/^.*</, '')))
    return says && !isConversation(headers);
  return SUBJECT.test(subject) && says && !isConversation(headers);
}

/** An answer in a thread: people quote bounces at each other. */
function isConversation(headers: MailHeaders): boolean {
  return /^\s*(?:re|aw|fwd?|sv)\s*:/i.test(headers.get('subject'));
}

const DELAY =
  /warning message only|warning only|do not need to (?:resend|re-send)|has not yet been delivered|(?:is|been|message) delayed|delivery (?:has been |is )?delayed|will be retried|still being retried|delivery attempts will continue|temporary problem delivering|only a temporary failure|will (?:retry|continue to try|keep trying)/i;

export function looksDelayed(subject: string, notice: string): boolean {
  return /\bdelay(?:ed)?\b|still being retried/i.test(subject) || DELAY.test(notice.slice(0, 16_000));
}
