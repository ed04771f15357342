import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashKey } from '../../../src/cli/make-hash.ts';
import { ConfigError } from '../../../src/gateway/index.ts';
import type { Config } from '../../../src/config/types.ts';
import { ask, bearer, Stage, startEcho } from '../../fixtures/auth.ts';
import { AUDIENCE, ISSUER, sign, signingKey, startIssuer } from '../../fixtures/issuer.ts';
import { startGateway } from '../../fixtures/start-gateway.ts';
import { makeTempFolder, type TempFolder } from '../../fixtures/temp-folder.ts';

const key = signingKey('k1');
const [ACME, BETA] = ['acme_0123456789abcdefghijklmnop', 'beta_0123456789abcdefghijklmnop'];

const stage = new Stage();
let folder: TempFolder;

beforeEach(() => {
  folder = makeTempFolder();
});
afterEach(async () => {
  await stage.close();
  folder.remove();
});

describe('a reload', () => {
  it('reads a file of keys again, and takes nothing of one that is wrong', async () => {
    folder.write('keys.yaml', `acme: ${hashKey(ACME)}\n`);
    const config = { auth: { it: { apiKey: { keys: './keys.yaml' } } }, routes: [{ respond: 204, auth: 'it' }] };
    const gateway = stage.keep(await startGateway(config, { baseDir: folder.path }));
    const next: Config = { ...config, listen: `127.0.0.1:${gateway.port}` };
    const reload = (): Promise<unknown> => gateway.gateway.reload(next, { baseDir: folder.path });
    const statuses = async (): Promise<number[]> =>
      Promise.all([ACME, BETA].map(async (each) => (await ask(gateway.url, { 'X-API-Key': each })).status));
    expect(await statuses()).toEqual([204, 401]);
    folder.write('keys.yaml', `beta: ${hashKey(BETA)}\n`);
    expect(await statuses()).toEqual([204, 401]);
    await reload();
    expect(await statuses()).toEqual([401, 204]);
    folder.write('keys.yaml', 'beta: [\n');
    await expect(reload()).rejects.toThrow(ConfigError);
    expect(await statuses()).toEqual([401, 204]);
  });

  it('keeps the keys of an issuer that can not be asked just then, and its connections', async () => {
    const issuer = stage.keep(await startIssuer([key]));
    const jwt = { issuer: ISSUER, audience: AUDIENCE, jwks: issuer.jwks };
    const config: Config = { auth: { it: { jwt } }, routes: [{ respond: 204, auth: 'it' }] };
    const gateway = stage.keep(await startGateway(config));
    const listen = `127.0.0.1:${gateway.port}`;
    expect((await ask(gateway.url, bearer(await sign(key)))).status).toBe(204);
    await issuer.stop();
    await gateway.gateway.reload({ ...config, listen, routes: [{ respond: 200, auth: 'it' }] });
    expect((await ask(gateway.url, bearer(await sign(key)))).status).toBe(200);
    // Keys of another way to get them are others'.
    await gateway.gateway.reload({
      ...config,
      listen,
      auth: { it: { jwt: { ...jwt, jwks: { url: issuer.jwks, cooldown: '5s' } } } },
    });
    expect((await ask(gateway.url, bearer(await sign(key)))).status).toBe(503);
  });

  it('puts other rules in force at once, for tokens that are remembered too', async () => {
    const issuer = stage.keep(await startIssuer([key]));
    const jwt = { issuer: ISSUER, audience: AUDIENCE, jwks: issuer.jwks };
    const config: Config = { auth: { it: { jwt } }, routes: [{ respond: 204, auth: 'it' }] };
    const gateway = stage.keep(await startGateway(config));
    const listen = `127.0.0.1:${gateway.port}`;
    const token = bearer(await sign(key));
    expect((await ask(gateway.url, token)).status).toBe(204);
    await gateway.gateway.reload({ ...config, listen, auth: { it: { jwt: { ...jwt, audience: 'other' } } } });
    expect((await ask(gateway.url, token)).code).toBe('token-wrong-audience');
    await gateway.gateway.reload({ ...config, listen, routes: [{ respond: 204, auth: { use: 'it', scopes: 'x' } }] });
    expect((await ask(gateway.url, token)).code).toBe('insufficient-scope');
  });

  it('in the middle of a decision does not change who decides', async () => {
    const upstream = stage.keep(await startEcho());
    const issuer = stage.keep(await startIssuer([key]));
    let release = (): void => {};
    issuer.answer = (response) => {
      release = () => response.end(JSON.stringify({ keys: [key.jwk] }));
    };
    const jwt = { issuer: ISSUER, audience: AUDIENCE, jwks: issuer.jwks };
    const gateway = await stage.protect(upstream, { jwt });
    const pending = ask(gateway.url, bearer(await sign(key)));
    await expect.poll(() => issuer.asked).toBe(1);
    await gateway.gateway.reload({ listen: `127.0.0.1:${gateway.port}`, routes: [{ respond: 418 }] });
    release();
    expect((await pending).status).toBe(200);
    expect((await ask(gateway.url)).status).toBe(418);
  });
});
