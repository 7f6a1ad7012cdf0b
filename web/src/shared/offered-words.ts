import type { Text } from '../api.ts';
import type { Language } from '../app/preferences.ts';

const t = (zh: string, en: string): Text => ({ zh, en });

/** Words the platform offers in its own forms. People may write others; these it can say in both languages. */
export const SECTORS: readonly Text[] = [
  t('交通运输', 'Transport'),
  t('气象服务', 'Weather services'),
  t('工业制造', 'Manufacturing'),
  t('公共管理', 'Public administration'),
  t('商贸流通', 'Trade and logistics'),
  t('能源', 'Energy'),
  t('金融', 'Finance'),
  t('医疗健康', 'Health'),
  t('农业', 'Agriculture'),
  t('文化旅游', 'Culture and tourism'),
  t('城市管理', 'City management'),
  t('科技', 'Science and technology'),
  t('教育', 'Education'),
];

export const FREQUENCIES: readonly Text[] = [
  t('实时', 'Real time'),
  t('每日', 'Daily'),
  t('每周', 'Weekly'),
  t('每月', 'Monthly'),
  t('每季度', 'Quarterly'),
  t('每年', 'Yearly'),
  t('一次性，不更新', 'Once, not updated'),
];

/** Written by the platform itself: of a query service, which follows its source. */
const OWN: readonly Text[] = [t('来源更新后由卖方更新', 'When its source is, by the seller')];

const OFFERED = [...SECTORS, ...FREQUENCIES, ...OWN];

/** The word in both languages, whichever it was written in; undefined for words of people's own. */
export const offeredWord = (word: string): Text | undefined => OFFERED.find((o) => o.zh === word || o.en === word);

/** As it is stored: one word for one thing, so that what two people chose alike counts as alike. */
export const storedWord = (word: string): string => offeredWord(word.trim())?.zh ?? word.trim();

export const suggested = (list: readonly Text[], language: Language): string[] => list.map((o) => o[language]);
