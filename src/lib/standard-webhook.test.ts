import { expect, test } from 'vitest';
import { signWebhook, webhookKey } from './standard-webhook.ts';

test('a message is signed as the example of the Standard Webhooks specification', () => {
  const key = webhookKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  const headers = signWebhook(
    key ?? Buffer.alloc(0),
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    new Date(1_614_265_330_000),
    '{"test": 2432232314}',
  );
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('a secret is base64 of 24 to 64 bytes, with or without its prefix', () => {
  expect(webhookKey('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')).toHaveLength(24);
  expect(webhookKey(`whsec_${Buffer.alloc(23).toString('base64')}`)).toBeNull();
  expect(webhookKey('whsec_not base64 at all, but long enough')).toBeNull();
});
