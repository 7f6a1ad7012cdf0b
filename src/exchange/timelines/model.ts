import { type Text, text } from '../../kernel/text.ts';

/** The stations of a life in the order data travels. */
export const STAGES = ['resource', 'product', 'assessment', 'trade', 'delivery', 'clearing', 'certificate'] as const;
export type Stage = (typeof STAGES)[number];

export const STAGE_TITLES: Readonly<Record<Stage, Text>> = {
  resource: text('资源', 'Resource'),
  product: text('产品', 'Product'),
  assessment: text('评估', 'Assessment'),
  trade: text('交易', 'Trade'),
  delivery: text('交付', 'Delivery'),
  clearing: text('清算', 'Clearing'),
  certificate: text('凭证', 'Certificate'),
};

/** The station of an act by the first word of its name; an act of another kind does not belong to a life. */
export const STAGE_OF: Readonly<Record<string, Stage>> = {
  resource: 'resource',
  authorisation: 'resource',
  product: 'product',
  assessment: 'assessment',
  order: 'trade',
  contract: 'trade',
  delivery: 'delivery',
  clearing: 'clearing',
  certificate: 'certificate',
};

/** Kinds of subjects that have a life, by the prefix of their id. */
export const LIVING = ['res', 'prd', 'asm', 'ord', 'dlv', 'clr', 'cer'] as const;
