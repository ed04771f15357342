import type { DiagnosticData } from '../../src/diagnostics/index.ts';

const origin = 'https://app.example.com';
const policy = 'pages';
const route = '/api/*';

/** What sentences are made of that no tested config and no policy leads to. */
export const SAMPLES: Readonly<Record<string, DiagnosticData>> = {
  'config-file-unreadable': { file: 'oneorigin.yaml', cause: 'EACCES' },
  'config-unreadable': { cause: 'a getter threw an error' },
  'cli-usage': { text: "unknown command 'sreve'", nearest: ['serve'], command: '', reason: 'commander.unknownCommand' },
  'cli-no-config': { folder: '/home/me/shop' },
  'cli-mapping-invalid': { text: 'api:8000', reason: 'form' },
  'cli-port-invalid': { text: '80a' },
  'cli-request-invalid': { text: '/api/users/1' },
  'cli-origin-invalid': { text: 'app.example.com/', suggestion: origin },
  'cli-header-invalid': { text: 'x-token' },
  'cli-credentials-invalid': { text: 'yes' },
  'cli-url-invalid': { text: 'api.example.com/users' },
  'cli-doctor-origin-missing': {},
  'cli-mode-invalid': { text: 'nocors' },
  'cli-timeout-invalid': { text: '5s' },
  'cli-resolve-invalid': { text: '10.0.0.7' },
  'cli-stack-unknown': { text: 'apache', known: ['nginx', 'caddy', 'express'] },
  'cli-cacert-unreadable': { file: 'ca.pem' },
  'cli-simulation-incomplete': {},
  'cli-code-unknown': { text: 'preflight-stauts', nearest: 'preflight-status' },
  'cli-page-missing': { file: 'docs/findings/preflight-status.md' },
  'cli-no-text': {},
  'listen-in-use': { port: 8080, how: 'serve' },
  'listen-denied': { port: 80 },
  'listen-failed': { address: '10.0.0.9:8080', cause: 'EADDRNOTAVAIL' },
  'worker-failed': { how: 'it ended with exit code 1' },
  'simulated-fault': { fault: 'userinfo' },
  'simulated-unsafe-path': { path: '/files/../etc', inspection: 'dot-segment' },
  'simulated-no-route': { method: 'PUT', path: '/api/users', allowed: ['GET'] },
  'simulated-no-policy': { route, origin },
  'simulated-credentials': { policy },
  'simulated-wildcard-credentials': { policy, origin },
  'simulated-refused': { step: 'allow-origin-mismatch', value: origin },
  'simulated-upstream-decides': { route },
  'simulated-upstream-answers': { route },
  'simulated-unknown-method': { method: 'patch' },
  'simulated-mixed-content': { url: 'http://api.example.com/users' },
  'simulated-redirect': { to: 'https://v2.example.com/*', status: 308 },
  'simulated-dropped': { names: ['cookie', 'host'] },
  'live-websocket-origin': { origin },
  'live-websocket-failed': { status: 403 },
};
