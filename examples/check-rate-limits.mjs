// Asks before it does something that is limited: node examples/check-rate-limits.mjs
import { createPostrider } from 'postrider';

const postrider = await createPostrider({ port: 0, workers: 'none', environment: { SANDBOX: 'false' } });
const before = await postrider.rateLimits.status('email-sending');
const after = await postrider.rateLimits.check('email-sending');
if (!after.allowed) throw new Error(`Try again in ${after.retryAfterMs} ms`);
console.log(`allowed: ${after.remaining} of ${after.limit} left, ${before.remaining - after.remaining} used here`);
await postrider.stop();
