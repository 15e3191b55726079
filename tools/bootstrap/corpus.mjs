import { onSupportedNode } from './src/node-version.mjs';

onSupportedNode(() => import('./src/commands/corpus.mjs'));
