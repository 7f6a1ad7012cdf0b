import type { Task } from '../../kernel/jobs.ts';
import { buildTask } from './build.ts';

export { acts } from './acts.ts';
export { complianceReviewed } from './listing-rules.ts';
export { notOnNegativeList, tradedClass } from './market-rules.ts';
export {
  type Opinion,
  type OpinionKind,
  type Product,
  ProductId,
  type ProductState,
  productLife as productStates,
  Quality,
} from './model.ts';
export { addDownstream, type Downstream } from './page.ts';
export {
  connectPriceBasis,
  freeForPublicUse,
  openedDataCapped,
  type PriceBasis,
  priceBasisOf,
  priceWithinCap,
} from './price-basis.ts';
export { reads } from './queries.ts';
export { connectRightsEvidence } from './rights-evidence.ts';
export {
  getForOrder,
  getProduct,
  grantView,
  isProductObject,
  lock,
  objectOf,
  opinionsOn,
  type ProductForOrder,
  type ProductObject,
  recordOpinion,
  recordQuality,
  resourceHoldersOf,
  titlesOf,
} from './store.ts';

export const tasks: readonly Task[] = [buildTask];
