import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { loadConfig, parseConfig } from '../../src/config/index.ts';
import { findProgram } from '../fixtures/programs.ts';
import { CLI } from '../fixtures/running.ts';
import { makeTempFolder } from '../fixtures/temp-folder.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string): string => readFileSync(join(ROOT, 'deploy', file), 'utf8');

describe('the systemd unit', () => {
  const unit = read('systemd/oneorigin.service');

  it('is one that systemd understands', () => {
    const folder = makeTempFolder();
    // The program is where the package is; systemd looks whether it's there.
    const text = unit.replaceAll('/usr/bin/oneorigin', CLI);
    const file = folder.write('oneorigin.service', text);
    chmodSync(CLI, 0o755);
    const { status, stderr } = spawnSync(findProgram('systemd-analyze'), ['verify', '--man=no', file], {
      encoding: 'utf8',
    });
    // Of other units on this machine it may complain, too.
    expect(stderr.split('\n').filter((line) => line.includes('oneorigin'))).toEqual([]);
    if (!stderr.includes('Failed to')) expect(status).toBe(0);
    folder.remove();
  });

  it('leaves the service little that it could do', () => {
    const args = ['security', '--offline=true', '--no-pager', join(ROOT, 'deploy/systemd/oneorigin.service')];
    const output = execFileSync(findProgram('systemd-analyze'), args, { encoding: 'utf8' });
    const exposure = /Overall exposure level for oneorigin\.service: ([\d.]+)/.exec(output)?.[1];
    expect(Number(exposure)).toBeLessThan(2);
  });

  it('gives more time than the gateway takes', async () => {
    const loaded = parseConfig(kubernetesConfig(), 'yaml', { env: { ADMIN_TOKEN: 'x'.repeat(32) } });
    const { shutdown } = 'model' in loaded ? loaded.model : { shutdown: { delay: Infinity, deadline: Infinity } };
    const seconds = Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]);
    expect(seconds * 1000).toBeGreaterThan(shutdown.delay + shutdown.deadline);
  });
});

interface Resource {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly [key: string]: unknown;
}
const resources = parseAllDocuments(read('kubernetes/oneorigin.yaml')).map((document) => document.toJS() as Resource);
const named = (kind: string): Resource => {
  const found = resources.find((resource) => resource.kind === kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found;
};
function kubernetesConfig(): string {
  return (named('ConfigMap')['data'] as Record<string, string>)['oneorigin.yaml'] ?? '';
}

describe('the Kubernetes manifests', () => {
  const pod = (
    named('Deployment')['spec'] as {
      template: {
        spec: {
          terminationGracePeriodSeconds: number;
          containers: {
            ports: { name: string; containerPort: number }[];
            env: { name: string }[];
            args: string[];
            volumeMounts: { name: string; mountPath: string }[];
            [probe: string]: unknown;
          }[];
          volumes: { name: string; configMap: { name: string } }[];
        };
        metadata: { labels: Record<string, string>; annotations: Record<string, string> };
      };
    }
  ).template;
  const container = pod.spec.containers[0];
  const loaded = parseConfig(kubernetesConfig(), 'yaml', { env: { ADMIN_TOKEN: 'x'.repeat(32) } });

  it('hold a config that is valid, on the ports that the pod has', () => {
    expect('problems' in loaded ? loaded.problems : loaded.warnings).toEqual([]);
    if ('problems' in loaded) return;
    const ports = new Map(container?.ports.map(({ name, containerPort }) => [name, containerPort]));
    expect(loaded.model.listeners[0]?.port).toBe(ports.get('http'));
    expect(loaded.model.admin?.listener.port).toBe(ports.get('admin'));
    expect(container?.env.map(({ name }) => name)).toEqual(['ADMIN_TOKEN']);
  });

  it('probe what the admin address answers', () => {
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      const asked = container?.[probe] as { httpGet: { path: string; port: string } } | undefined;
      expect(asked?.httpGet).toEqual({ path: probe === 'livenessProbe' ? '/healthz' : '/readyz', port: 'admin' });
    }
    expect(pod.metadata.annotations['prometheus.io/port']).toBe('9901');
  });

  it('give more time to end than the gateway takes', () => {
    if ('problems' in loaded) throw new Error('invalid');
    const { delay, deadline } = loaded.model.shutdown;
    expect(pod.spec.terminationGracePeriodSeconds * 1000).toBeGreaterThan(delay + deadline);
    // Long enough to be noticed by readiness alone.
    expect(delay).toBeGreaterThanOrEqual(2 * 2000);
  });

  it('name each other rightly', () => {
    const labels = pod.metadata.labels;
    const selectors = [
      (named('Deployment')['spec'] as { selector: { matchLabels: object } }).selector.matchLabels,
      (named('Service')['spec'] as { selector: object }).selector,
      (named('PodDisruptionBudget')['spec'] as { selector: { matchLabels: object } }).selector.matchLabels,
    ];
    for (const selector of selectors) expect(selector).toEqual(labels);
    expect(pod.spec.volumes[0]?.configMap.name).toBe(named('ConfigMap').metadata.name);
    expect(container?.volumeMounts[0]?.mountPath).toBe('/etc/oneorigin');
    expect((named('HorizontalPodAutoscaler')['spec'] as { scaleTargetRef: object }).scaleTargetRef).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: named('Deployment').metadata.name,
    });
  });
});

describe('the Dockerfile', () => {
  const lines = read('Dockerfile')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

  it('copies what there is, and what .dockerignore lets through', () => {
    const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
    const needed = [
      'package.json',
      'package-lock.json',
      'tsconfig.json',
      'tsconfig.build.json',
      'scripts',
      'src',
      'docs',
    ];
    for (const file of needed) {
      expect(existsSync(join(ROOT, file)), file).toBe(true);
      const pattern = file.startsWith('tsconfig') ? '!tsconfig*.json' : `!${file}`;
      expect(ignored).toContain(pattern);
    }
    expect(ignored[0]).toBe('*');
  });

  it('runs what is in the image as nobody, on a file system that can not be written to', async () => {
    const entry = JSON.parse(lines.find((line) => line.startsWith('ENTRYPOINT'))?.slice(11) ?? '[]') as string[];
    const command = JSON.parse(lines.find((line) => line.startsWith('CMD'))?.slice(4) ?? '[]') as string[];
    expect([entry.length, command[0]]).toEqual([2, 'serve']);
    expect(lines.some((line) => /^FROM .*:nonroot$/.test(line))).toBe(true);
    const folder = makeTempFolder({ 'etc/oneorigin.yaml': 'listen: 127.0.0.1:0\nroutes: [{ respond: 204 }]\n' });
    const app = join(folder.path, 'app');
    mkdirSync(join(app, 'node_modules'), { recursive: true });
    cpSync(dirname(dirname(CLI)), join(app, 'dist'), { recursive: true });
    cpSync(join(ROOT, 'package.json'), join(app, 'package.json'));
    symlinkSync(join(ROOT, 'node_modules/jiti'), join(app, 'node_modules/jiti'));
    chmodSync(folder.path, 0o755);
    // Only root can become nobody.
    const nobody =
      process.getuid?.() === 0 ? [findProgram('setpriv'), '--reuid=65532', '--regid=65532', '--clear-groups'] : [];
    const [program = '', ...args] = [
      ...nobody,
      process.execPath,
      join(app, 'dist/cli/main.js'),
      'check',
      '-c',
      join(folder.path, 'etc/oneorigin.yaml'),
    ];
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: join(folder.path, 'etc'),
      encoding: 'utf8',
      env: { NODE_DISABLE_COMPILE_CACHE: '1' },
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('is valid');
    expect('model' in (await loadConfig(join(folder.path, 'etc/oneorigin.yaml')))).toBe(true);
    folder.remove();
  });
});
