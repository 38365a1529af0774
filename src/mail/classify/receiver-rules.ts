import type { SmtpStage } from '../transport.ts';
import type { ReplyRule } from './rule.ts';

const AFTER_MAIL: readonly SmtpStage[] = ['rcpt-to', 'data', 'body', 'final-dot'];

/**
 * Refusals that are about the recipient, the message or the receiving system. Only clear words or codes about the
 * address lead to a class that suppresses; where a code has two uses (550 5.2.1 at Gmail) the words decide.
 */
export const RECEIVER_RULES: readonly ReplyRule[] = [
  // the message
  { name: 'smtputf8-not-offered', severity: 5, enhanced: ['6.7', '6.9'] },
  {
    name: 'message-too-large',
    severity: 5,
    text: /(?:message|mail|header|size|body)[^.]{0,60}(?:too (?:large|big|long)|exceed(?:s|ed|ing)?)[^.]{0,60}(?:size|limit|maximum|length|byte)|(?:message|mail|body|header) (?:size )?(?:is )?too (?:large|big|long)|size limit|number of attachments/i,
  },
  { name: 'message-too-large', severity: 5, enhanced: ['3.4', '2.3'] },
  {
    name: 'message-malformed',
    severity: 5,
    text: /RFC[ -]?(?:5322|2822|822|2045|2047)\b|not rfc|malformed|duplicate headers?|multiple \S+ headers?|missing (?:a )?(?:valid )?(?:\S+ ){0,4}header|bare (?:LF|CR|line ?feed)|invalid header|line (?:is )?too long|encoded-word|disallowed header|multiple addresses in the from/i,
  },
  { name: 'message-malformed', severity: 5, enhanced: ['6.0', '6.1', '6.2', '6.3', '6.4', '6.5', '6.6'] },

  // the mailbox
  {
    name: 'provider-suppressed',
    severity: 5,
    text: /suppression list|(?:address|recipient) (?:is|was|has been) suppressed|inactive recipient|previously (?:hard[- ])?bounced|on (?:our|the|your) bounce list/i,
  },
  {
    name: 'too-many-recipients',
    text: /too many recipients|separate transaction|one recipient at a time|multiple destination domains/i,
  },
  { name: 'too-many-recipients', enhanced: ['5.3'] },
  { name: 'mailbox-abandoned', severity: 5, text: /(?:storage|quota|full)[^.]{0,40}\binactive|OverQuotaPerm/i },
  {
    name: 'mailbox-full',
    text: /(?:mailbox|inbox|mail ?drop|mail folder|account|user|recipient|storage)(?:'s)? (?:\S+ ){0,4}(?:full|over ?-?quota|out of storage|exceeded)|over (?:the |its |their |maximum )?(?:allowed )?quota|quota (?:is )?(?:exceeded|full)|exceed\w* (?:\w+ ){0,3}(?:quota|storage allocation)|out of storage|not enough (?:storage|disk) space/i,
  },
  { name: 'mailbox-full', enhanced: ['2.2'] },
  { name: 'null-mx', severity: 5, text: /null ?-?mx|does not accept (?:any )?(?:e-?)?mail\b/i, stages: AFTER_MAIL },
  { name: 'null-mx', codes: [556] },
  {
    name: 'domain-unknown',
    severity: 5,
    stages: AFTER_MAIL,
    text: /domain[^.]{0,40}(?:not found|does(?:n't| not) exist|unknown|is invalid|no longer)|(?:host|domain) (?:is )?(?:unknown|not found)|no such (?:domain|host)|unknown (?:host|domain)|find the recipient domain|bad destination system|name service error/i,
  },
  { name: 'domain-unknown', severity: 5, enhanced: ['1.2'] },
  {
    name: 'recipient-unverified',
    severity: 4,
    text: /unverified address|address verification|cannot verify|could not verify/i,
  },
  {
    name: 'recipient-restricted',
    severity: 5,
    text: /not (?:authori[sz]ed|allowed|permitted) to send (?:e-?mail |mail |messages )?to\b|only (?:accepts?|receives?) (?:\w+ ){0,2}from|has a policy that prohibits|RESOLVER\.RST|delivery (?:to this \w+ )?(?:is )?restricted|(?:has been |is )?blocked by (?:the )?(?:recipient|user)|recipient (?:has )?(?:rejected|refuses?) (?:mail|messages)/i,
  },
  // OpenSMTPD's words for an unknown user, and the same for mail that it does not relay: nothing to suppress an address by.
  { name: 'refused', codes: [550], text: /^invalid recipient: <\*>$/i, stages: ['rcpt-to'] },
  {
    name: 'mailbox-unknown',
    severity: 5,
    text: /(?:user|recipient|mailbox|account|address|local[- ]part|alias)(?: address)?(?: is| was)? (?:unknown|not found|(?:does|do|did) ?n[o']t exist|does not exist|not exist|not known)|unknown (?:\w+ )?(?:user|recipient|mailbox|address|account|alias|local[- ]part)|no such (?:\w+ )?(?:user|recipient|mailbox|address|account|person|id)|no (?:mailbox|account|user|recipient)s?(?: here)? (?:by|with|of|for) (?:that|this)|(?:email )?account that you tried to reach does not exist|(?:doesn't|does not) have an? \S+ account|invalid (?:recipient|mailbox|user)|not a (?:valid|known) (?:user|mailbox|recipient|account)|RecipientNotFound|user doesn't exist|S2017062302|not our customer|undeliverable address|addressee unknown|no longer (?:valid|available|with|works|employed)/i,
  },
  { name: 'mailbox-unknown', severity: 5, enhanced: ['1.1', '1.10'] },
  { name: 'mailbox-unknown', severity: 5, enhanced: ['5.0'], text: /mailbox unavailable/i, stages: AFTER_MAIL }, // how Outlook.com says it
  { name: 'mailbox-unknown', severity: 5, enhanced: ['4.1'], text: /recipient address rejected: access denied/i }, // how Exchange Online says it
  { name: 'address-invalid', severity: 5, enhanced: ['1.3'] },
  {
    name: 'address-invalid',
    severity: 5,
    stages: AFTER_MAIL,
    text: /(?:bad|invalid|illegal) (?:\w+ ){0,2}address(?: syntax)?|address (?:\S+ ){0,2}is not a valid|syntax error in (?:\w+ )?(?:mailbox )?address/i,
  },
  { name: 'mailbox-moved', severity: 5, enhanced: ['1.6'] },
  { name: 'mailbox-moved', codes: [551] },
  {
    name: 'mailbox-disabled',
    severity: 5,
    text: /(?:account|mailbox|user|recipient|address)(?: that you tried to reach)?(?: has been| is| was)? (?:currently |temporarily |permanently )?(?:inactive|disabled|deactivated|suspended|closed|expired|locked|terminated)|(?:mailbox|account) (?:is )?disabled|(?:inactive|disabled|closed) (?:mailbox|account|user)/i,
  },
  { name: 'mailbox-disabled', severity: 5, enhanced: ['2.1', '7.13'] },
  { name: 'mailbox-disabled', codes: [525] },
  {
    name: 'recipient-restricted',
    severity: 5,
    enhanced: ['7.2', '7.124', '7.133', '7.134', '7.135', '7.136', '7.193'],
  },

  // the receiving system
  { name: 'mail-loop', severity: 5, enhanced: ['4.6'] },
  { name: 'server-closing', codes: [421], text: /(?:shutting|going) down|time(?:d )?-?out|idle|too many errors/i },
  {
    name: 'destination-overloaded',
    severity: 4,
    text: /(?:server|system|service) (?:is )?(?:too )?busy|insufficient (?:system )?(?:storage|resource|space|disk)|resources? (?:is |are )?temporarily (?:un|not )?available|overload|(?:high|heavy) load|load (?:average )?too high/i,
  },
  { name: 'destination-overloaded', severity: 4, enhanced: ['3.1', '4.5'] },
  {
    name: 'destination-trouble',
    severity: 4,
    enhanced: ['3.0', '3.2', '3.5', '4.0', '4.1', '4.2', '4.3', '4.4', '4.6', '4.7'],
  },
  { name: 'server-closing', codes: [421] },

  // what is left of policy and protocol
  { name: 'policy-refused', severity: 5, enhanced: ['7.0', '7.1', '7.9', '7.7'], stages: AFTER_MAIL },
  { name: 'policy-refused', severity: 5, text: /polic(?:y|ies)/i, stages: AFTER_MAIL },
  { name: 'command-refused', codes: [500, 501, 502, 503, 504, 555] },
  { name: 'command-refused', severity: 5, enhanced: ['5.1', '5.2', '5.4', '5.5'] },
];
