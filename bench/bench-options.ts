import type { SinkKind } from './bench-sink.ts';
import type { OurCampaign } from './our-campaign.ts';

/** What every measurement is made with. */
export interface BenchOptions {
  readonly connections: number;
  readonly sink: SinkKind;
  /** The program that serves the built-in sink: `[node, dist/cli.mjs]`. */
  readonly program: readonly string[];
  readonly campaign: OurCampaign;
  readonly onStep?: (line: string) => void;
}
