// Runs before the first paint, so that neither the theme nor the language flickers. The keys are those of src/app/preferences.ts.
(function () {
  var root = document.documentElement;
  try {
    var theme = localStorage.getItem('shuheng.theme');
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
    var language = new URLSearchParams(location.search).get('lang') || localStorage.getItem('shuheng.language');
    root.lang = language === 'en' ? 'en' : 'zh-CN';
  } catch (_) {
    // Storage may be forbidden; the defaults stand.
  }
})();
