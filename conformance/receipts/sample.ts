/** Builds the sample exchange in a data folder and stops it. Arguments: data folder, small or full. */
import { startExchange } from '../../bench/exchange.ts';

const [folder, size] = process.argv.slice(2);
if (!folder) throw new Error('usage: sample.ts <data folder> [small|full]');
const exchange = await startExchange({ folder, sample: size === 'full' ? 'full' : 'small' });
await exchange.stop();
