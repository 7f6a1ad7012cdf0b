import type { Act, Read } from '../acts/index.ts';
import type { Task } from '../jobs.ts';
import { acts as datasetActs } from './datasets/acts.ts';
import { tasks as datasetTasks } from './datasets/ingest.ts';
import { reads as datasetReads } from './datasets/queries.ts';
import { fileActs } from './files/acts.ts';
import { keepTask } from './files/keep.ts';
import { fileRead } from './files/queries.ts';

export const acts: readonly Act[] = [...datasetActs, ...fileActs];
export const reads: readonly Read[] = [...datasetReads, fileRead];
export const tasks: readonly Task[] = [...datasetTasks, keepTask];

export { ColumnSchema, ColumnTypeSchema, type Dataset, DatasetId, TableProfileSchema } from './datasets/model.ts';
export { getDataset } from './datasets/queries.ts';
export { FileId, type VaultFile } from './files/model.ts';
export { type FileViewer, getFile, readableFile, relyOnFile } from './files/queries.ts';
export { type Finding, FindingSchema } from './finder/model.ts';
export { VaultFailure, type VaultFailureKind } from './objects/failures.ts';
export type { KeyProvider } from './objects/keys.ts';
export { WHOLE_MEDIA_TYPE } from './objects/manifest.ts';
export { storageOf } from './quota.ts';
export { ENTITY_COLUMN } from './tables/minimise.ts';
export {
  convertTable,
  countRows,
  ingestTable,
  inspectTable,
  makeTable,
  minimiseTable,
  profileTable,
  QUERY_ROWS_MAX,
  queryTable,
  runRecipe,
  shareTable,
  type TableOptions,
  tallyTable,
} from './tables/tabular.ts';
export {
  type Aggregate,
  type Cell,
  type Column,
  type ColumnProfile,
  type ColumnType,
  type Condition,
  type ConditionOperator,
  type Consented,
  type Filter,
  type FilterOperator,
  type HistogramBin,
  type IngestSummary,
  type Minimised,
  type Portion,
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
