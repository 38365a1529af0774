// Imports contacts and waits until they are there: node examples/import-leads.mjs
import { createPostrider } from 'postrider';

const postrider = await createPostrider({ port: 0, environment: { SANDBOX_SMTP_PORT: '0' } });
const importId = await postrider.leads.import(
  [
    { email: 'user1@example.com', name: 'User 1', city: 'Vienna' },
    { email: 'user2@example.com', name: 'User 2', city: 'Graz' },
    { email: 'not an address' },
  ],
  { listName: 'From a program', mode: 'merge' },
);
for (;;) {
  const { state, counts } = await postrider.leads.status(importId);
  if (state !== 'waiting' && state !== 'active') {
    console.log(`${state}: ${counts.inserted} new, ${counts.updated} known, ${counts.invalid} invalid`);
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
}
await postrider.stop();
