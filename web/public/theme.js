// Before the first paint: the chosen theme, or the system's.
try {
  const chosen = JSON.parse(localStorage.getItem('whook.preferences') ?? '{}').theme ?? 'system'
  const dark =
    chosen === 'dark' || (chosen === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
} catch {
  // Storage is closed to us: the light theme is as good as any.
  document.documentElement.dataset.theme = 'light'
}
