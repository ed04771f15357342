import { keepCompiledCode } from '../compile-cache.ts';

keepCompiledCode();
const { runWorker } = await import('./worker.ts');
runWorker();
