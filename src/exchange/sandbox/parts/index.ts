export { HELD_MAX } from './held.ts';
export { type Attachable, openRuns, type Runs } from './session.ts';
export { type PartWorker, startPartWorker } from './worker.ts';
