/** A process that carries notifications out until it is killed: the fault test kills it. Arguments: database URL, access key in hex. */
import { useAccessKey } from '../../access/index.ts';
import { openDatabase } from '../../database/index.ts';
import { startJobs } from '../../jobs.ts';
import { loadRulebook } from '../../rulebook/index.ts';
import type { Vault } from '../../vault/index.ts';
import { configureOutbound, outboundTasks } from './index.ts';

const [url = '', key = ''] = process.argv.slice(2);
useAccessKey(Buffer.from(key, 'hex'));
configureOutbound({ mailFrom: '', privateWebhooks: true, site: () => 'https://exchange.example' });
const database = openDatabase(url);
const kernel = { db: database.db, rulebook: loadRulebook() };
// No notification touches the vault.
await startJobs(database.pool, outboundTasks(new Map()), { kernel, vault: {} as Vault });
process.stdout.write('started\n');
