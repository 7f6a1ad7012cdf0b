export {
  appendEntry,
  buildEntry,
  canonical,
  commitment,
  ENTRY_BYTES_MAX,
  type OpenEntry,
  type SealedValue,
  sha256Hex,
} from './entry.ts';
