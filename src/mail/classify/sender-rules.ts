import type { ReplyRule } from './rule.ts';

/**
 * Refusals that are about us: the connection, the account, the sending identity, our rate. They come first, because
 * providers put them behind the same codes as a bad address, and blaming a recipient for our fault would suppress
 * a good address. Sources: Gmail's list of SMTP errors, Yahoo's and Microsoft's postmaster pages, the SMTP pages of
 * SES, SendGrid and Mailgun, RFC 3463, 4954, 5248, 7372, 7505.
 */
export const SENDER_RULES: readonly ReplyRule[] = [
  // connections and sessions
  {
    name: 'too-many-connections',
    text: /too (?:many|frequent) (?:concurrent |simultaneous |open |parallel )?(?:smtp )?(?:connect|session)|(?:concurrent|simultaneous) (?:smtp )?connections? (?:limit|exceed)|(?:connection|session)s? (?:rate |count )?limit|sender thread limit|max(?:imum)? (?:number of )?(?:concurrent |simultaneous )?connections/i,
  },
  {
    name: 'session-limit',
    severity: 4,
    text: /(?:max\w*|too many|limit of) (?:\w+ ){0,3}(?:messages?|transactions?|mails?) (?:per|in|on|for|during) (?:this |one |a |each )?(?:single )?(?:connection|session)|connection expired|(?:message|transaction)s? per (?:connection|session)/i,
  },
  { name: 'server-closing', severity: 4, enhanced: ['4.2'], text: /time(?:d )?-?out|idle|closing/i },

  // what the account may send
  { name: 'credits-exhausted', text: /credits? (?:exceeded|exhausted|used up)|out of credits|maximum credits/i },
  { name: 'rate-limited', severity: 4, text: /same message-id/i },
  {
    name: 'daily-quota',
    text: /daily (?:\w+ ){0,4}(?:limit|quota)|(?:limit|quota)[^.]{0,30}(?:per day|24[ -]?hours?)|submission quota/i,
  },
  { name: 'daily-quota', severity: 5, enhanced: ['4.5'] },
  { name: 'hourly-quota', text: /per hour|hourly (?:\w+ ){0,2}(?:limit|quota)/i },
  {
    name: 'account-rate',
    text: /maximum sending rate|relay limit exceeded for this customer|submission rate for this client|(?:your|account|user) (?:sending )?rate limit|sending rate (?:limit )?exceeded/i,
  },
  { name: 'account-rate', codes: [454], text: /throttl/i },
  {
    name: 'account-suspended',
    text: /(?:sending (?:e-?mail )?|your )account (?:has been|is|was) (?:temporarily |permanently )?(?:suspended|disabled|blocked|deactivated|terminated)|sending (?:has been |is )?(?:paused|suspended|disabled)(?: for (?:this|your) account)?|bad outbound sender|account (?:is )?under review/i,
  },
  { name: 'account-suspended', enhanced: ['7.501', '7.502', '7.503', '7.705', '7.708', '7.750'] },
  {
    name: 'account-restricted',
    text: /for test purposes only|sandbox (?:sub)?domain|activate your (?:\w+ )?account|(?:trial|free) account/i,
  },
  {
    name: 'relay-denied',
    text: /relay(?:ing)? (?:access )?(?:is )?(?:denied|prohibited|not (?:allowed|permitted))|unable to relay|not permitted to relay|for relay\b/i,
  },

  // logins
  {
    name: 'starttls-required',
    text: /must issue a? ?starttls|starttls (?:is )?(?:required|first)|requires? (?:starttls|encryption|tls) (?:for|before) auth/i,
  },
  { name: 'too-many-logins', text: /too many (?:login|auth\w*) (?:attempts|failures)|login (?:attempts|rate)/i },
  { name: 'auth-failed', codes: [534, 535, 538] },
  { name: 'auth-failed', severity: 5, stages: ['auth'] },
  { name: 'auth-unavailable', codes: [454], stages: ['auth', 'mail-from', 'rcpt-to'], text: /auth/i },
  {
    name: 'auth-required',
    severity: 5,
    text: /authentication (?:is )?required|(?:was |is |are )?not (?:been )?(?:authenticated to send|logged in)|client (?:was|is) not authenticated|must (?:be )?(?:authenticate|log ?in)|please (?:authenticate|log ?in)/i,
  },
  { name: 'auth-required', codes: [530] },

  // who the mail says it is from
  { name: 'deferred', severity: 4, text: /temporary (?:dns|lookup) (?:failure|error|problem)s? prevent/i },
  {
    name: 'ptr-missing',
    text: /\bPTR\b|reverse (?:dns|lookup|hostname)|\brDNS\b|cannot find your (?:reverse )?host ?name/i,
  },
  { name: 'ptr-missing', enhanced: ['7.25'] },
  { name: 'tls-required', text: /TLS required|not using a TLS|(?:wasn't|not) sent over a TLS|must use TLS/i },
  { name: 'tls-required', enhanced: ['7.29'] },
  {
    name: 'sender-unauthenticated',
    enhanced: ['7.26', '7.32', '7.515'],
    text: /either SPF or DKIM|aligned|authentication level|\b7\.515\b/i,
  },
  { name: 'dmarc-failed', text: /\bDMARC\b/i },
  { name: 'spf-failed', enhanced: ['7.23', '7.24'] },
  { name: 'spf-failed', text: /\bSPF\b|sender policy framework/i },
  { name: 'dkim-failed', enhanced: ['7.20', '7.21', '7.22', '7.30'] },
  { name: 'dkim-failed', text: /\bDKIM\b/i },
  { name: 'sender-unauthenticated', enhanced: ['7.26', '7.32', '7.515'] },
  { name: 'dmarc-failed', enhanced: ['7.40', '7.509'] },
  {
    name: 'sender-domain-unresolved',
    severity: 4,
    text: /(?:sender|mail from|from address)[^.]{0,60}(?:domain not found|(?:not|un)\w* resolv|does not resolve|domain (?:lookup|unresolv))|unresolvable[^.]{0,40}from/i,
  },
  {
    name: 'sender-domain-invalid',
    severity: 5,
    text: /(?:sender|mail from|from address)[^.]{0,60}(?:domain (?:not found|does not exist|must exist)|does ?n.t (?:exist|resolve)|does not (?:exist|resolve))|unresolvable[^.]{0,40}from|sender[^.]{0,40}null mx/i,
  },
  { name: 'sender-domain-invalid', severity: 5, enhanced: ['1.7', '1.8', '7.27'] },
  {
    name: 'sender-not-allowed',
    severity: 5,
    text: /sender address rejected|not owned by (?:user|auth)|send ?as ?denied|(?:not|n't) (?:allowed|authori[sz]ed|permitted) to send (?:e-?mail |mail |messages )?(?:from|as|on behalf)|(?:address|identity|identities|domain|sender)[^.]{0,40} not (?:been )?verified|verified sender identity|failed the check in region|from (?:address|header)[^.]{0,40}not (?:allowed|authori[sz]ed)/i,
  },

  // what the receiver thinks of us
  {
    name: 'blocklisted',
    text: /spamhaus|spamcop|barracuda|sorbs|proofpoint|block ?-?list|black ?-?list|deny ?-?list|\bDNSBL\b|\bRBLs?\b|banned (?:sending )?(?:ip|sender)|\bS31[45]0\b|\blisted (?:at|by|in|on) \S+\.|access denied[^.]{0,20}banned/i,
  },
  {
    name: 'low-reputation',
    severity: 5,
    text: /(?:low|poor|bad) reputation|reputation of (?:the|your)|unusual rate of unsolicited/i,
  },
  { name: 'low-reputation', severity: 5, enhanced: ['7.28'] },
  {
    name: 'content-forbidden',
    severity: 5,
    text: /potential security issue|virus|malware|infected|(?:attachment|file) (?:type|extension|name)s?[^.]{0,40}(?:not (?:allowed|accepted|permitted)|blocked|forbidden|banned)|(?:forbidden|blocked|banned|executable) attachment/i,
  },
  {
    name: 'spam-refused',
    severity: 5,
    text: /\bspam|unsolicited|\bjunk\b|phish|bulk mail|suspicious|high probability of|content (?:was |is )?(?:rejected|refused|blocked)/i,
  },
  {
    name: 'spam-deferred',
    severity: 4,
    text: /suspicious due to the nature|(?:likely|suspected|considered|looks like|detected as) (?:to be )?spam|message content/i,
  },

  // how fast we are; a mailbox that gets too much, and a server that turns strangers away at first, are not about us
  { name: 'receiving-too-fast', text: /receiving (?:e-?)?mail (?:too quickly|at a rate)/i },
  { name: 'greylisted', severity: 4, text: /gr[ae]y-?\s?list|postgrey/i },
  {
    name: 'rate-limited',
    severity: 4,
    text: /\[TSS?\d+\]|unusual (?:rate|amount|traffic)|rate[- ]?limit|(?:sending|delivery|message) rate|throttl|slow down|too (?:fast|quickly)|too (?:many|much) (?:e-?mails?|messages?|mail)\b|temporarily (?:deferred|rate|blocked|rejected due)|unexpected volume|user complaints|low reputation/i,
  },
  { name: 'rate-limited', text: /email has been rate limited/i },
  { name: 'rate-limited', severity: 4, enhanced: ['7.28', '7.500', '7.650', '7.651', '7.652'] },
];
