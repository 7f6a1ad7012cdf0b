// Runs before the first paint, so that neither the theme nor the language flickers. The keys are those of src/app/preferences.ts.
const root = document.documentElement;
try {
  const theme = localStorage.getItem('shuheng.theme');
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  const language = new URLSearchParams(location.search).get('lang') ?? localStorage.getItem('shuheng.language');
  root.lang = language === 'en' ? 'en' : 'zh-CN';
} catch {
  // Storage may be forbidden; the defaults stand.
}
