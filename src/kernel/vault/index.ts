export type { ByteRange, ObjectInfo, Vault } from './types.ts';
