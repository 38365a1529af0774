import { type Logger, pino } from 'pino';

export type { Logger };

export interface LogOptions {
  readonly level: string;
  readonly format: 'pretty' | 'json';
}

/** Never written, at whatever place of what is logged. */
const SECRETS = ['password', 'credentials', 'serviceAccountKey', 'clientSecret', 'refreshToken'];

/** Structured log on standard error, so that standard output stays free for a command's own result. */
export function createLogger(options: LogOptions): Logger {
  const base = { level: options.level, base: null, redact: SECRETS.flatMap((name) => [name, `*.${name}`]) };
  if (options.format === 'json')
    return pino({ ...base, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
  return pino({
    ...base,
    transport: {
      target: 'pino-pretty',
      options: { destination: 2, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l', singleLine: true },
    },
  });
}
