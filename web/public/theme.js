// Runs before the first paint, so that a chosen theme does not flash in the other one. Not inline: the CSP forbids that.
try {
  const chosen = localStorage.getItem('mantine-color-scheme-value');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.mantineColorScheme = chosen;
} catch {
  // storage is closed to us: the system's theme is shown
}
