/**
 * Anchors once, and kills itself between two steps: the fault test goes on behind it. Arguments: database
 * URL, URL of the chain, private key, name of the step.
 */
import type { Kernel } from '../../acts/index.ts';
import { openDatabase } from '../../database/index.ts';
import { loadRulebook } from '../../rulebook/index.ts';
import { anchor } from './anchoring.ts';
import { evmChain } from './evm.ts';
import type { AnchorChain } from './port.ts';

const [url = '', chainUrl = '', key = '', step = ''] = process.argv.slice(2);
const die = (at: string): void => {
  if (at === step) process.kill(process.pid, 'SIGKILL');
};

const evm = evmChain({ url: chainUrl, privateKey: key as `0x${string}`, feeMaxGwei: 500 });
const chain: AnchorChain = {
  ...evm,
  publish: async (digest, tries, keep) => {
    die('before it is kept');
    const place = await evm.publish(digest, tries, async (next) => {
      await keep(next);
      die('kept, not sent');
    });
    die('sent, place unknown');
    return place;
  },
  prove: async (place) => {
    const proof = await evm.prove(place);
    die('proven, not recorded');
    return proof;
  },
};
const database = openDatabase(url);
const kernel: Kernel = { db: database.db, rulebook: loadRulebook() };
const settled = async () =>
  (await database.pool.query(`select 1 from log_anchor where state = 'confirmed'`)).rows.length > 0;
do await anchor(kernel, { chain, intervalSeconds: 3_600, confirmations: 1 });
while (!(await settled()));
die('recorded');
await database.close();
