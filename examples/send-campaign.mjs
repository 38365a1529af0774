// Sends a campaign from a program of your own, into the built-in mailbox: node examples/send-campaign.mjs
import { createPostrider } from 'postrider';

const postrider = await createPostrider({ port: 0, environment: { SANDBOX_SMTP_PORT: '0' } });
const { jobId } = await postrider.campaigns.send({
  subject: 'Hello {{firstName}}',
  htmlContent: '<p>Hello {{firstName}}, your code is {{code}}.</p>',
  from: 'Example <hello@example.com>',
  audience: [
    { email: 'ada@example.com', firstName: 'Ada', code: 'A1' },
    { email: 'grace@example.com', firstName: 'Grace', code: 'G2' },
  ],
});
for (;;) {
  const { state, counts } = await postrider.campaigns.status(jobId);
  if (state === 'completed' || state === 'failed') {
    console.log(`${state}: ${counts.sent} sent, ${counts.failed} failed`);
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
}
await postrider.stop();
