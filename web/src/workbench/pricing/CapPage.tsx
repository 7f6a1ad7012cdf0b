export { CapPage as default } from './PricePages.tsx';
