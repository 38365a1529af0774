// Runs worker processes, says how many, and looks at how they do: node examples/run-workers.mjs
import { createPostrider } from 'postrider';

const environment = { SANDBOX: 'false', MIN_WORKERS: '1', MAX_WORKERS: '2' };
const postrider = await createPostrider({ port: 0, workers: 'processes', environment });
await postrider.workers.initialize({ autoStart: true, minWorkers: 1, maxWorkers: 2, targetThroughput: 10_000 });
let stats = await postrider.workers.stats();
while (stats.running < 1) {
  await new Promise((resolve) => setTimeout(resolve, 200));
  stats = await postrider.workers.stats();
}
const [worker] = await postrider.workers.health();
console.log(`${stats.running} running of ${stats.maxWorkers} at most; the first has the process id ${worker?.pid}`);
const { total } = await postrider.workers.throughput(24);
const alerts = await postrider.workers.alerts();
console.log(`${total.sent} sent in the last day, ${alerts.length} alerts`);
await postrider.stop();
