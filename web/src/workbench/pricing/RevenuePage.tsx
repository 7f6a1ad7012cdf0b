export { RevenuePage as default } from './PricePages.tsx';
