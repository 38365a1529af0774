import type { ReplyClassName } from '../classify/reply-classes.ts';

interface WordRule {
  readonly name: ReplyClassName;
  readonly text: RegExp;
}

/**
 * What mail systems write into reports, where no SMTP reply stands or its words are not enough. First match wins: words
 * about size, space and trust come before `user unknown`, because servers say that on top of the real reason. Kept apart
 * from the rules for live replies (classify/): here one word too many costs a label, there it would stop an account.
 */
const RULES: readonly WordRule[] = [
  { name: 'recipient-restricted', text: /\bGoogle Groups\b/ },
  { name: 'sender-not-allowed', text: /different address or alias using|CustomFromDenied|\bBATV\b|backscatter/i },
  // About the name we said hello with, whatever follows.
  { name: 'policy-refused', text: /(?:HELO|EHLO)(?: command)? rejected/i },
  {
    name: 'mail-loop',
    text: /too many hops|hop count exceeded|mail (?:forwarding )?loop|loops? back to (?:me|myself)|routing loop|forwarding loop|loop (?:alert|detected)|delivered-to header/i,
  },
  {
    name: 'mailbox-full',
    text: /(?:over|exceed\w*|out of|above) (?:\S+ ){0,3}(?:quota|storage|disk space|mailbox size|local limit)|quota (?:has been )?exceed|overquota|(?:mail ?box|mail ?folder|inbox|account|user|maildir|recipient's mailbox) (?:'s )?(?:\S+ ){0,3}(?:full\b|over ?-?quota|exceed(?:s|ed))|\bfull (?:mail)?box|insufficient (?:disk|system storage|quota|mailbox) ?(?:space)?|not enough (?:storage|disk|space)|mailbox_?full|out of space|storage space|delivery failed: over quota|number of messages in recipient|S2017062302_NO|la b(?:oî|oi)te (?:de r[ée]ception |aux lettres )?(?:du destinataire )?est (?:pleine|satur)|bo[îi]te pleine|postfach (?:ist )?(?:voll|überfüllt)|buz[óo]n lleno|cuota|casella piena|casella di posta.{0,20}piena|переполнен|メールボックス.{0,20}(?:一杯|いっぱい|容量|オーバー)|容量.{0,12}(?:超え|オーバー|不足)|邮箱.{0,10}满|郵箱已滿/i,
  },
  // A delivery program on the receiving side; what it says of users is about its own machine.
  { name: 'destination-trouble', text: /\bprocmail: |couldn['’]t create "\// },
  {
    name: 'message-too-large',
    text: /(?:message|mail|data|body|headers?) (?:\S+ ){0,4}(?:too (?:large|big|long)|exceeds? (?:\S+ ){0,4}(?:size|limit|maximum|length))|(?:message|line) (?:length|size|limit) (?:\S+ ){0,3}(?:exceed|limit)|size limit|max(?:imum)? (?:message )?size|line limit exceeded|headers? too large/i,
  },
  {
    name: 'content-forbidden',
    text: /virus|malware|infected|trojan|(?:attachment|file)s? (?:\S+ ){0,4}(?:not (?:allowed|accepted|permitted)|blocked|forbidden|banned|prohibited)|(?:banned|forbidden|blocked|executable) (?:file|attachment|content)|potential(?:ly)? (?:security|dangerous)/i,
  },
  { name: 'dmarc-failed', text: /\bDMARC\b/i },
  { name: 'spf-failed', text: /\bSPF\b|sender policy framework/i },
  { name: 'dkim-failed', text: /\bDKIM\b(?!-signature)/i },
  {
    name: 'message-malformed',
    text: /RFC ?-?(?:5322|2822|822|2045|2047)\b|duplicate header|multiple (?:\S+ ){0,6}from: header|not (?:be )?compliant|malformed (?:header|message)|malformed address: [^\n]{0,200}may not follow|header error|bare (?:LF|CR|newline)|missing .{1,30} header|invalid header/i,
  },
  {
    name: 'ptr-missing',
    text: /\bPTR\b|reverse[ -]?(?:dns|lookup|hostname|name|address)|\br-?dns\b|cannot find your (?:reverse )?host ?name|unverifyable sending|no reverse/i,
  },
  {
    name: 'relay-denied',
    text: /relay(?:ing)? (?:\S+ ){0,2}(?:denied|prohibited|not (?:allowed|permitted))|unable to relay|not (?:configured to|permitted to|allowed to) relay|we do not relay|denied (?:\S+ ){0,2}relay|is not allowed to relay/i,
  },
  {
    name: 'tls-required',
    text: /must issue a? ?starttls|starttls (?:is )?required|requires? (?:starttls|encryption|tls)|cannot start tls|tls (?:is )?required|STARTTLS command/i,
  },
  {
    name: 'auth-required',
    text: /authentication (?:is )?required(?! to deliver)|auth(?:entication)? failure|smtp auth/i,
  },
  {
    name: 'blocklisted',
    text: /spamhaus|spamcop|barracudacentral|sorbs|proofpoint|block ?-?list|black ?-?list|deny ?-?list|\bDNSBL\b|\bRBLs?\b|banned (?:sending )?(?:ip|sender)|\bS31[45]0\b|(?:client host|\bips?|ip address|your host|your server|sending host)(?: \S+){0,4} (?:is |was |has been |are )?(?:blocked|rejected|refused|listed|banned|blocklisted)|client host rejected|blocked using|blocked by|(?:listed|blocked) (?:at|in|on) \S+\.\S|not accepting connections from|messages from \[?[\d.]+\]? weren't sent/i,
  },
  {
    name: 'low-reputation',
    text: /(?:low|poor|bad) reputation|reputation of|unusual rate of unsolicited|\[?TSS0\d\]?/i,
  },
  {
    name: 'spam-refused',
    text: /\bspam|unsolicited|\bjunk\b|phish|bulk e?-?mail|content (?:was |is )?(?:rejected|refused|blocked)|message content|high probability of|blocked due to|looks like|ofr_506|filtrage|denied by (?:the )?content/i,
  },
  {
    name: 'sender-domain-invalid',
    text: /(?:sender|from address|from domain|from header|mail from|originator|return.path)(?:'s)? (?:\S+ ){0,5}(?:domain|address|user)? ?(?:\S+ ){0,3}(?:does not exist|does ?n.?t exist|not found|unresolvable|can ?not be resolved|does not resolve|unknown|invalid|must exist|rejected|unroutable|verify failed)|unroutable sender|invalid sender|bad sender|sender was rejected|domain of sender|unknown sender|from: domain is invalid/i,
  },
  {
    name: 'mailbox-moved',
    text: /(?:user|recipient|mailbox|account|address) (?:\S+ ){0,3}(?:has |have )?(?:moved|changed)|has moved to|no longer on server|new (?:e-?mail )?address|address (?:has )?changed|not local; please try|please (?:try|use) (?:the )?new address|has been replaced by/i,
  },
  {
    name: 'host-not-found',
    text: /not found, try again|host name lookup failure|dns records for|name server: .{1,80}: host not found, try/i,
  },
  {
    name: 'null-mx',
    text: /null ?-?mx|does ?(?:n.t|not) accept (?:any )?(?:e-?)?mail\b(?! from)|doesn.t receive (?:e-?)?mail|no mx (?:record )?(?:found|for)|couldn.t find a mail exchanger|no mail exchanger|system not accepting (?:network )?messages|host does not receive mail|does not have (?:any )?(?:mx|mail exchanger)|domain (?:does not|doesn't) accept mail|no (?:valid )?mx\b|mail server (?:does not|doesn't) exist/i,
  },
  {
    name: 'domain-unknown',
    text: /\bunrouteable (?:mail )?(?:address|domain)|dns domain \S+ does not exist|InfoDomainNonexistent|(?:host|domain)(?: name)?(?:[^.\n]{0,60})? (?:is )?(?:unknown|not found|non-?existent|invalid|does ?(?:n.t|not) exist|could ?(?:n.t|not) be found|name not found|lookup failed|not listed|unrouteable)|unknown (?:host|domain)|unroutable address|domain must exist|no such (?:domain|host)|illegal host|bad destination (?:system|host|mailbox)|couldn.t find any host|NXDOMAIN|unrouteable (?:mail )?domain|all relevant mx records point to non-?existent|dns lookup failure|recipient.s domain|no route to (?:the )?domain|ドメイン.{0,20}(?:存在|見つか)|domain (?:name )?is not (?:valid|reachable)|RESOLVER\.ADR\.(?:Bad)?Domain|550 host unknown|name or service not known/i,
  },
  {
    name: 'connection-refused',
    text: /connection refused|refused (?:\S+ ){0,2}connection|connection (?:was )?rejected/i,
  },
  {
    name: 'connection-timed-out',
    text: /connection timed out|(?:host|server|remote) (?:is )?not (?:responding|reachable)|timed? ?out|unable to connect|could not (?:be )?connect|wasn.t able to establish an smtp connection|no route to host|network (?:is )?unreachable|did not accept our requests to connect|no response|socket error|unreachable for too long|failed connect|host unreachable/i,
  },
  {
    name: 'connection-lost',
    text: /lost connection|connection (?:was )?(?:reset|dropped|closed|lost|died|broken)|conversation with|unexpectedly closed|remote protocol error|broken pipe/i,
  },
  {
    name: 'host-not-found',
    text: /name (?:service|server)[^\n]{0,60}(?:try again|failure|error)|host name lookup failure|dns (?:error|failure|timeout|server failure)|temporar\w+ (?:dns|name|lookup)|lookup (?:failure|deferred)/i,
  },
  {
    name: 'mailbox-disabled',
    text: /(?:account|mail ?box|user|recipient|address|subscriber|customer|alias)(?: \S+){0,6}(?:'s)? (?:is |was |has been |been |are )?(?:currently |temporarily |permanently |administratively )?(?:inactive|disabled|deactivated|suspended|closed|expired|locked|terminated|discontinued|frozen|not active|blocked|unavailable due|turned off)|(?:inactive|disabled|closed|suspended|expired|dormant) (?:mail ?box|account|user|recipient|address)|not accepting mail|mail receiving disabled|temporarily refused|domain (?:was |is )?(?:currently )?suspended|(?:account|user) .{0,20}not been? activated|is not active|vacation|利用停止|currently unable to receive|temporarily unavailable due to/i,
  },
  {
    name: 'mailbox-unknown',
    text: /(?:users?|recipients?|mail ?box(?:es)?|account|address(?:ee)?|local[- ]?part|alias|customer|subscriber|person|destinat\w*|utilisateur|adresse|usuario|utente|benutzer|name|group)(?: \S+){0,4}? (?:is |was |are |were |could )?(?:un ?known|not (?:be )?(?:found|known|recogni[sz]ed|exist|valid|listed|a (?:valid|known)|local|here|registered|unique|on (?:this|our))|(?:does|do|did) ?n[o'’]?t exist|doesn.t have|does not have|do not exist|invalid|non-?existent|undeliverable|can.?t be found|couldn.t be found|unroutable|unrouteable|n'existe|inexist|introuvable|nicht gefunden|unbekannt|desconocid|inconnue?\b|non esiste|sconosciut)|(?:un ?known|invalid|illegal|incorrect|no such|non-?existent|unrouteable|undeliverable|nonexistent|bad) (?:\S+ ){0,3}?(?:user|recipient|mail ?box|address|account|alias|local[- ]part|person|name|id\b|destination|addressee)|no (?:mailbox|account|user|recipient|address|one|person|match)s? (?:here |known |found )?(?:here|by|with|of|for|called|named)|no such (?:user|person|recipient|address)|not our customer|not a (?:valid|known|registered|local|relay|gateway) (?:\S+ )?(?:user|mailbox|recipient|account|address)|RecipNotFound|RecipientNotFound|not listed in (?:public|domino|the)|not in (?:my|our|the) (?:list|user|directory)|doesn.t have an? \S+ account|account that you tried to reach does not exist|mailbox (?:is )?(?:unavailable|unavaiable|not available|not present)|account unavailable|users? ?unknown|recipient address rejected: access denied|recipient address rejected\.?\s*(?:\(in reply|$)|recipient (?:is )?not (?:accepted(?!\. \(batv)|ok\b)|rejected recipients?|(?:can ?not|can['’]?t) accept user|not present in (?:the )?directory|in (?:the )?name directory|not an active address|missing home directory|no mail ?box (?:found|available)|no valid recipients?, bye|there is no one at|bad_?rcpt_?to|badrecipientto|valid_?rcpt_?to|envelope recipient has been denied|domain or user isn['’]?t in my list|cannot route mail to user|several matches found|(?<!directory |file |path )\bdoes ?(?:no|n['’])t exist\b(?! e2110)|^(?:55\d )?(?:\d\.\d\.\d+ )?<?\*>?:? (?:was )?not found|recipients? was rejected by a remote mail server|no longer (?:valid|available|with|works|employed|accepts|in use|exists)|adresse d?[ue]? ?destinataire invalide|adresse inconnue|destinataire inconnu|ディレクトリ.{0,10}(?:には?見つか|リストに(?:は)?ありません)|リストにありません|(?:宛先|ユーザ[ーｰ]?|アドレス|メールアドレス).{0,20}(?:見つかりません|存在しません|不明|ありません|ございません|間違)|не (?:найден|существует)|нет такого|недоступен|пользовател.{0,12} не|nessun utente|não (?:existe|encontrad)|no existe|用户不存在|收件人.{0,6}不存在|不存在/i,
  },
  {
    name: 'address-invalid',
    text: /(?:bad|invalid|illegal|malformed) (?:\S+ ){0,2}address|address (?:\S+ ){0,2}is not a valid|syntax error in (?:\S+ ){0,2}address|ambiguous/i,
  },
  {
    name: 'recipient-restricted',
    text: /RESOLVER\.RST|not (?:authori[sz]ed|allowed|permitted) to send (?:\S+ ){0,3}to\b|delivery to this address is restricted|only (?:accepts?|receives?) (?:\S+ ){0,2}from|has a policy that prohibits|restricted|rejected by (?:the )?(?:recipient|user|domain filter)|domain filter|(?:refused|rejected) due to (?:recipient|user)|blocked by the recipient|recipient preferences/i,
  },
  {
    name: 'delivery-expired',
    text: /expired|failed (?:after )?\d+ attempts|aborted after [\d.]+ ?(?:day|hour|min)|(?:not|un)(?: ?able to)? (?:be )?deliver\w*(?: \S+){0,4} (?:for|within|after|in) (?:\S+ ){0,2}\d+ ?(?:day|hour|min)|could not be delivered for|too long|retry time(?:out)? (?:not reached|exceeded)|failing for a long time|giving up|delivery time|will be deleted from queue|after multiple retries|time limit|queue (?:life)?time|not yet been delivered|still being retried|unable to deliver (?:\S+ ){0,4}after|has been delayed/i,
  },
  {
    name: 'destination-overloaded',
    text: /connection rate limit|too many (?:concurrent |simultaneous )?(?:connections|sessions)|(?:server|system|service) (?:is )?(?:too )?busy|overload|insufficient resources/i,
  },
  {
    name: 'rate-limited',
    text: /rate[ -]?limit|throttl|too (?:fast|quickly)|too many (?:messages|mails|e-mails|recipients)|temporarily deferred|daily (?:\S+ )?quota|receiving mail too quickly/i,
  },
  {
    name: 'policy-refused',
    text: /polic(?:y|ies)|(?:access|permission) denied|denied access|not (?:allowed|permitted|authori[sz]ed|accepted)|prohibited|administrative/i,
  },
  {
    name: 'destination-trouble',
    text: /system (?:failure|error|config)|local (?:error|configuration)|internal (?:server )?error|i\/o error|ldap|service unavailable|temporar(?:y|ily)|transaction failed|server (?:error|failure)|insufficient permission|pipe to|command (?:died|failed|output|time limit)|procmail|maildrop|can ?not (?:append|open|create)|mailer (?:error|daemon)|unable to open/i,
  },
];

/** Which class the words of a report speak of; null when they say nothing that we know. */
export function classOfWords(text: string): ReplyClassName | null {
  for (const { name, text: pattern } of RULES) if (pattern.test(text)) return name;
  return null;
}
