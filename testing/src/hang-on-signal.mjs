/** Preloaded into a process under test: on SIGUSR2 its event loop never turns again. */
process.on('SIGUSR2', function hang() {
  for (;;) Math.random()
})
