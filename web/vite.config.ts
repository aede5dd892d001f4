import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [vue(), tailwindcss()],
  resolve: { conditions: ['whook-source', 'module', 'browser', 'development|production'] },
  build: { target: 'es2022', sourcemap: false, reportCompressedSize: false },
  server: {
    proxy: {
      '^/wh_': 'http://localhost:5000',
      '/api': 'http://localhost:5000',
      '/auth': 'http://localhost:5000',
      '/ws': { target: 'ws://localhost:5000', ws: true },
    },
  },
  test: { name: 'web', environment: 'happy-dom', include: ['src/**/*.{spec,test}.ts'] },
})
