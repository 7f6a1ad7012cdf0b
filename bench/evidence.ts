/**
 * The evidence log: entries a second, with every fsync counted; time from commit to sequenced, public and witnessed;
 * time to verify a receipt; bytes and the cost of fsck as the log grows (`--million` goes to 10^6 entries).
 * Baselines are taken in turn with ours, so that both meet the same load.
 */
import { latency } from './evidence/latency.ts';
import { sizes } from './evidence/sizes.ts';
import { throughput } from './evidence/throughput.ts';
import { verifying } from './evidence/verifying.ts';

await throughput();
await latency();
await verifying();
await sizes(process.argv.includes('--million') ? [10_000, 100_000, 1_000_000] : [10_000, 100_000]);
process.exit(0);
