import type { ReplyClass } from '../../domain/reply-class.ts';
import { type ReplyClassName, replyClass } from './reply-classes.ts';

const BY_CODE: Readonly<Record<string, ReplyClassName>> = {
  ECONNREFUSED: 'connection-refused',
  ENOTFOUND: 'host-not-found',
  EAI_AGAIN: 'host-not-found',
  EAI_NODATA: 'host-not-found',
  EAI_NONAME: 'host-not-found',
  EHOSTUNREACH: 'network-unreachable',
  ENETUNREACH: 'network-unreachable',
  ENETDOWN: 'network-unreachable',
  EADDRNOTAVAIL: 'network-unreachable',
  ETIMEDOUT: 'connection-timed-out',
  ECONNRESET: 'connection-lost',
  ECONNABORTED: 'connection-lost',
  EPIPE: 'connection-lost',
};

/** Node's codes for a certificate that cannot be trusted (OpenSSL's X509_V_ERR_*) or is for another name. */
const CERTIFICATE =
  /^(?:ERR_TLS_CERT_ALTNAME_INVALID|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;
const TLS = /^(?:ERR_SSL_|ERR_TLS_|EPROTO$)/;

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  // Happy eyeballs report one error per address.
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return '';
}

/** A failure below SMTP: sockets, DNS, TLS. Always subject `connection`: nothing was said about any message. */
export function classifyConnectionError(error: unknown): ReplyClass {
  const code = codeOf(error);
  const known = BY_CODE[code];
  if (known !== undefined) return replyClass(known);
  if (CERTIFICATE.test(code)) return replyClass('certificate-rejected');
  if (TLS.test(code)) return replyClass('tls-failed');
  return replyClass('connection-lost');
}
