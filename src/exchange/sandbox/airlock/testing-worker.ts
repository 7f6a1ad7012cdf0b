import { openDatabase } from '../../../kernel/database/index.ts';
import { openLocalExecutor } from '../../../kernel/isolation/index.ts';
import { loadRulebook } from '../../../kernel/rulebook/index.ts';
import { openVault } from '../../../kernel/vault/index.ts';
import { configureSandbox } from '../setting.ts';
import { runTask } from './run.ts';

/** A server of its own that runs one job: `<database> <data folder> <own folder> <job>`. For being killed in the middle. */
const [url = '', dataFolder = '', own = '', jobId = ''] = process.argv.slice(2);
const { db } = openDatabase(url);
const kernel = { db, rulebook: loadRulebook() };
const vault = await openVault({ db, dataFolder });
const executor = await openLocalExecutor({ folder: `${own}/jobs`, warm: 0 });
configureSandbox({ kernel, vault, executor, folder: `${own}/tables` });
await runTask.run({ jobId }, { kernel, vault });
