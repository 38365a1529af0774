import type { BenchOptions } from './bench-options.ts';
import { startSink } from './bench-sink.ts';
import { LETTER_HTML } from './message.ts';
import { comparePaired, type PairedRatios } from './paired-ratios.ts';

interface TrackingOptions extends BenchOptions {
  readonly messages: number;
  readonly rounds: number;
}

export interface TrackingBench {
  readonly sink: string;
  readonly messages: number;
  readonly connections: number;
  readonly links: number;
  /** Messages a second with opens and clicks followed, over those without. */
  readonly tracked: PairedRatios;
}

const LINKS = 10;
const WARM_UP = 2000;
const list = Array.from({ length: LINKS }, (_, i) => `<a href="https://shop.test/offers/${i}?list=news">${i}</a>`);
/** The letter of every bench, with ten links that are the same for all in the place of those that differ. */
const HTML = LETTER_HTML.replace(/<a href="https:\/\/links[\s\S]*?<\/a>/g, '').replace(
  '</body>',
  `${list.join('\n')}</body>`,
);

/** What following opens and clicks costs on the wire: the same campaign with it and without, in turns. */
export async function runTracking(options: TrackingOptions): Promise<TrackingBench> {
  const { campaign, connections, messages, rounds, onStep = () => {} } = options;
  const sink = await startSink(options.sink, options.program);
  const send = async (name: string, count: number, isOn: boolean) => {
    const settings = { htmlContent: HTML, tracking: { opens: isOn, clicks: isOn } };
    const { seconds } = await campaign.send(sink.port, count, connections, undefined, settings);
    onStep(`${name}: ${Math.round(count / seconds)} messages/s`);
    return count / seconds;
  };
  try {
    await send('warming up', Math.min(WARM_UP, messages), true);
    const tracked = await comparePaired(
      rounds,
      () => send('followed', messages, true),
      () => send('not followed', messages, false),
    );
    return { sink: sink.name, messages, connections, links: LINKS, tracked };
  } finally {
    await sink.stop();
  }
}
