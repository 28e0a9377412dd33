// Before anything is painted: the theme and the language that were chosen last, so that nothing flashes.
(function () {
  function kept(name) {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  }
  var scheme = kept('barker.theme');
  var isDark = scheme === 'dark' || (scheme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light');
  var language = kept('barker.language') || navigator.language || 'en';
  document.documentElement.lang = language.toLowerCase().startsWith('ru') ? 'ru' : 'en';
})();
