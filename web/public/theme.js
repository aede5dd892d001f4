// Set the theme before the first paint: the user's choice, or the system theme.
try {
  const chosen = JSON.parse(localStorage.getItem('whook.preferences') ?? '{}').theme ?? 'system'
  const dark =
    chosen === 'dark' || (chosen === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
} catch {
  // Local storage is not accessible: use the light theme.
  document.documentElement.dataset.theme = 'light'
}
