import { expect, it } from 'vitest';
import { createGateway } from '../../src/index.ts';
import { codesOf, examineFrom, PAGE } from '../fixtures/examine.ts';
import { serve } from '../fixtures/servers.ts';

it.each([
  ['on the preflight too', ['OPTIONS', 'GET']],
  ['behind it only', ['GET']],
])('lines that come twice are found beside a preflight that fails otherwise: %s', async (_, doubled) => {
  const server = await serve((request, response) => {
    const lines = doubled.includes(request.method ?? '') ? [PAGE, '*'] : [PAGE];
    response.setHeader('Access-Control-Allow-Origin', lines);
    response.writeHead(request.method === 'OPTIONS' ? 401 : 200).end();
  });
  const diagnosis = await examineFrom(`${server.origin}/a`, { headers: [['Authorization', 'Bearer x']] });
  expect(codesOf(diagnosis).slice(0, 2)).toEqual(['doctor-preflight-auth', 'doctor-duplicate']);
  await server.close();
});

it('a refusal of oneorigin is known for one', async () => {
  const gateway = createGateway({
    listen: '127.0.0.1:0',
    log: { access: 'off' },
    cors: { default: { origins: ['https://other.test'], enforce: true } },
    routes: [{ respond: { status: 200 } }],
  });
  const [address] = await gateway.listen();
  const diagnosis = await examineFrom(`http://127.0.0.1:${address?.port}/`);
  expect(diagnosis.fingerprints.map(({ product }) => product)).toEqual(['oneorigin']);
  await gateway.close();
});
