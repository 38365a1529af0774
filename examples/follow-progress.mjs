// Is told of every change while a campaign is sent: node examples/follow-progress.mjs
import { createPostrider } from 'postrider';

const postrider = await createPostrider({ port: 0, environment: { SANDBOX_SMTP_PORT: '0' } });
const audience = Array.from({ length: 500 }, (_, i) => ({ email: `reader${i}@example.com` }));
const done = new Promise((resolve) => {
  const unsubscribe = postrider.progress.subscribe(({ name, state, progress, processed, total }) => {
    console.log(`${name}: ${state}, ${progress} % (${processed} of ${total})`);
    if (state !== 'completed') return;
    unsubscribe();
    resolve();
  });
});
const { campaignId } = await postrider.campaigns.send({
  name: 'News',
  subject: 'News',
  textContent: 'Here it is.',
  from: 'News <news@example.com>',
  audience,
});
await done;
console.log(`at the end: ${(await postrider.progress.get(campaignId)).succeeded} sent`);
await postrider.stop();
