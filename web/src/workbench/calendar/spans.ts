const DAY_MS = 86_400_000;

/** Days in a row said as spans: `01-01 – 01-03`, `04-04`. @param days `YYYY-MM-DD`, in order */
export function spansOf(days: readonly string[]): string[] {
  const spans: { from: string; to: string }[] = [];
  for (const day of days) {
    const last = spans.at(-1);
    if (last && Date.parse(day) - Date.parse(last.to) === DAY_MS) last.to = day;
    else spans.push({ from: day, to: day });
  }
  return spans.map(({ from, to }) => (from === to ? short(from) : `${short(from)} – ${short(to)}`));
}

const short = (day: string): string => day.slice(5);
