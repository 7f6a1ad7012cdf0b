export { acts } from './datasets/acts.ts';
export { tasks } from './datasets/ingest.ts';
export { ColumnSchema, ColumnTypeSchema, type Dataset, DatasetId, TableProfileSchema } from './datasets/model.ts';
export { getDataset, reads } from './datasets/queries.ts';
export { VaultFailure, type VaultFailureKind } from './objects/failures.ts';
export type { KeyProvider } from './objects/keys.ts';
export {
  convertTable,
  ingestTable,
  profileTable,
  QUERY_ROWS_MAX,
  queryTable,
  runRecipe,
  sampleRows,
  type TableOptions,
} from './tables/tabular.ts';
export {
  type Aggregate,
  type Cell,
  type Column,
  type ColumnProfile,
  type ColumnType,
  type Filter,
  type FilterOperator,
  type HistogramBin,
  type IngestSummary,
  type Progress,
  type Recipe,
  type RecipeColumn,
  type RowSet,
  TableFailure,
  type TableFailureKind,
  type TableFormat,
  type TableProfile,
  type TableSummary,
  type WrittenFormat,
} from './tables/types.ts';
export type { ByteRange, ObjectInfo, Vault } from './types.ts';
export { registerUploads, type UploadOptions } from './uploads/http.ts';
export { stageFile } from './uploads/store.ts';
export { openVault, type VaultOptions } from './vault.ts';
