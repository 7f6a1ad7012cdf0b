import type { Task } from '../../kernel/jobs.ts';

export { type OpinionKind, type Product, ProductId, type ProductState, Quality } from './model.ts';
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
} from './store.ts';

export const tasks: readonly Task[] = [];
