// The quickstart: three services, a frontend, a gateway in front of them, and a page of somebody else's.
//
//   npm start                    from the project's folder
//   npm start -- --port 9000     or PORT=9000: the gateway's port; 0 takes free ports throughout
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createAuth } from './services/auth.mjs';
import { createCounter } from './services/counter.mjs';
import { createOrders } from './services/orders.mjs';
import { createPartner } from './services/partner.mjs';
import { createUsers } from './services/users.mjs';

const CONFIG = fileURLToPath(new URL('oneorigin.yaml', import.meta.url));
const DEFAULT_PORT = 8080;

const asked = portAsked();
const { createGateway, loadConfig, renderText } = await import('oneorigin').catch(() =>
  fail('The project is not built yet.', 'Run `npm install && npm run build`, then this again. `npm start` does both.'),
);

const services = [createUsers(), createOrders(), createAuth()];
let gatewayUrl = '';
let partnerUrl = '';
const counter = createCounter(services, () => partnerUrl);
const partner = createPartner(() => gatewayUrl);
const servers = [...services.map(({ server }) => server), counter.server, partner];

const free = asked === 0;
const [usersPort, ordersPort, authPort, counterPort, partnerPort] = [
  await listen(servers[0], free ? 0 : 4001),
  await listen(servers[1], free ? 0 : 4002),
  await listen(servers[2], free ? 0 : 4003),
  await listen(servers[3], free ? 0 : 4004),
  await listen(servers[4], free ? 0 : 8090),
];
partnerUrl = at(partnerPort);

const gateway = await startGateway(asked ?? DEFAULT_PORT);
const stopping = new Promise((resolve) => ['SIGINT', 'SIGTERM'].forEach((signal) => process.once(signal, resolve)));
announce();
await stopping;
console.log('\nStopping.');
await stop();

/** Begins to listen; on any free port if that one is taken, since nobody types these. */
async function listen(server, port) {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if (error.code !== 'EADDRINUSE' || port === 0) throw error;
    return listen(server, 0);
  }
  return server.address().port;
}

async function startGateway(port) {
  const loaded = await loadConfig(CONFIG, {
    env: {
      PORT: String(port),
      USERS_PORT: String(usersPort),
      ORDERS_PORT: String(ordersPort),
      AUTH_PORT: String(authPort),
      COUNTER_PORT: String(counterPort),
      PARTNER_PORT: String(partnerPort),
    },
  });
  if ('problems' in loaded) {
    const sources = new Map([[loaded.file, loaded.text ?? '']]);
    return fail(renderText(loaded.problems, { sources, color: process.stdout.isTTY === true }));
  }
  const made = createGateway(loaded.model, { onExchange: counter.record });
  try {
    const [address] = await made.listen();
    gatewayUrl = `http://localhost:${address.port}`;
    return made;
  } catch (error) {
    if (error.code !== 'EADDRINUSE') return fail(`The gateway can't listen on port ${port}: ${error.message}`);
    if (asked !== undefined) {
      return fail(
        `Port ${port} is taken: another program listens there.`,
        `Stop it, or: npm start -- --port ${port + 1}`,
      );
    }
    console.log(`Port ${port} is taken, so the gateway takes a free one. To choose: npm start -- --port 9000`);
    return startGateway(0);
  }
}

function announce() {
  const rows = [
    ['gateway', gatewayUrl, 'the one origin: the frontend and /api/* together'],
    ['users', at(usersPort), '/api/users    allowed to the partner by a policy'],
    ['orders', at(ordersPort), '/api/orders   no policy: for the frontend only'],
    ['auth', at(authPort), '/api/auth     a session in a cookie'],
    ['partner', partnerUrl, "somebody else's page, on another origin"],
  ];
  const width = Math.max(...rows.map(([, url]) => url.length));
  const lines = rows.map(([name, url, note]) => `  ${name.padEnd(8)} ${url.padEnd(width)}  ${note}`);
  console.log(
    `\n${lines.join('\n')}\n\n  Open ${gatewayUrl}\n\n  Below is the gateway's log. Ctrl-C stops everything.\n`,
  );
}

function at(port) {
  return `http://localhost:${port}`;
}

async function stop() {
  await gateway.close({ deadline: 1000 });
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
}

/** @returns {number | undefined} what the user asked for */
function portAsked() {
  const args = process.argv.slice(2);
  const option = args.findIndex((arg) => arg === '--port' || arg === '-p' || arg.startsWith('--port='));
  const text = option === -1 ? process.env.PORT : (args[option].split('=')[1] ?? args[option + 1]);
  if (text === undefined || text === '') return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535
    ? port
    : fail(`"${text}" is not a port.`, 'Write a number from 0 to 65535: npm start -- --port 9000');
}

/** @returns {never} */
function fail(what, mend = '') {
  console.error(mend === '' ? what : `${what}\n→ ${mend}`);
  process.exit(1);
}
