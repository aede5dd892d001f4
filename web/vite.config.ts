import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

/** One file for the framework and one for the modules of three pages or more: 30 small files compress badly. */
const chunks = [
  { name: 'framework', test: /node_modules.(\.pnpm.)?(@?vue|pinia)/ },
  { name: 'shared', test: /web.src|lucide/, minShareCount: 3 },
]

export default defineConfig({
  plugins: [vue(), tailwindcss()],
  resolve: { conditions: ['whook-source', 'module', 'browser', 'development|production'] },
  build: {
    target: 'es2022',
    sourcemap: false,
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: { groups: chunks } } },
  },
  server: {
    proxy: {
      '^/wh_': 'http://localhost:5000',
      '/api': 'http://localhost:5000',
      '/auth': 'http://localhost:5000',
      '/ws': { target: 'ws://localhost:5000', ws: true },
    },
  },
  test: {
    name: 'web',
    environment: 'happy-dom',
    include: ['src/**/*.{spec,test}.ts'],
    // A page spec loads the components of its page, which takes seconds on a slow machine.
    testTimeout: 30_000,
  },
})
