export { backup, type Manifest, restore } from './backup.ts';
export { type Database, type OpenDatabase, openDatabase, type Queryable, type Tables, type Tx } from './database.ts';
export { runLast, send } from './driver.ts';
export { type Migration, migrate } from './migrations.ts';
export { isStalePlan } from './prepare.ts';
export { type EmbeddedServer, startEmbeddedServer } from './server.ts';
