import { readFileSync } from 'node:fs';

const read = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');

/**
 * For localhost, 127.0.0.1 and ::1, valid until 2126, signed by nobody but itself. Made with `openssl req -x509
 * -newkey rsa:2048 -nodes -days 36500 -addext subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1`.
 */
export const SINK_CERTIFICATE = read('smtp-test-certificate.pem');
export const SINK_KEY = read('smtp-test-key.pem');
