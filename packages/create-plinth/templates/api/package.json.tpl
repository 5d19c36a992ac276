{
  "name": "{{name}}",
  "version": "0.1.0",
  "private": true,
  "type": "module",
  "engines": {
    "node": "^22.19 || ^24.11 || >=26"
  },
  "scripts": {
    "dev": "plinth dev",
    "build": "tsc -p tsconfig.build.json",
    "start": "node dist/main.js",
    "test": "tsc && node --import tsx --test \"test/**/*.test.ts\"",
    "routes": "plinth routes"
  },
  "dependencies": {
    "@plinth/core": "^{{version}}",
    "@plinth/http": "^{{version}}",
    "@plinth/openapi": "^{{version}}"
  },
  "devDependencies": {
    "@plinth/cli": "^{{version}}",
    "@plinth/testing": "^{{version}}",
    "@types/node": "^24.0.0",
    "tsx": "^4.23.0",
    "typescript": "^7.0.2"
  }
}
