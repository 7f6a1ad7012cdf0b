export { checkLog, type LogCheck } from './check.ts';
export { type MirrorReport, mirrorLog } from './mirror.ts';
export { type LogSource, ownLog, SourceTrouble, storedLog, webLog } from './source.ts';
export { type Trust, trustInKeys, trustInPolicy } from './trust.ts';
