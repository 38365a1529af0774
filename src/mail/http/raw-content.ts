import type { OutgoingMessage } from '../transport.ts';

/** The bytes of a message, for providers that take it as it is. */
export function rawContent({ content }: OutgoingMessage): Buffer {
  return typeof content === 'function' ? content() : content;
}
